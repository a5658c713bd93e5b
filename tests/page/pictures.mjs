/* pictures: docs/images anew, from the recorded run: node tests/page/pictures.mjs, after a look at what changed. */
import { join } from "node:path";
import { FIXTURE, launch, open, render, settle } from "./lib.mjs";

const PICTURES = [
  { name: "report-light", width: 1400, height: 1610, scheme: "light" },
  { name: "report-dark-narrow", width: 390, height: 1500, scheme: "dark" },
];

const browser = await launch();
try {
  const file = render(FIXTURE, "pictures");
  for (const { name, width, height, scheme } of PICTURES) {
    const page = await open(browser, file, { width, scheme });
    await page.$$eval("#table-tools button", buttons => buttons.find(one => one.textContent.startsWith("changed")).click());
    await settle(page);
    await page.screenshot({ path: join("docs", "images", name + ".png"), clip: { x: 0, y: 0, width, height }, captureBeyondViewport: true });
    await page.close();
  }
} finally {
  await browser.close();
}

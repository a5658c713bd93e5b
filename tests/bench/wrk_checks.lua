-- The same two checks in wrk.
local good = 0
function response(status, headers, body)
	if status == 200 then good = good + 1 end
	if #body > 0 then good = good + 1 end
end

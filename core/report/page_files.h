/* page_files: the scripts and the style of the page that are part of the program (generated table).
 */
#ifndef STK_CORE_REPORT_PAGE_FILES_H
#define STK_CORE_REPORT_PAGE_FILES_H

#include "core/base/embed.h"

extern const struct stk_embedded_file stk_page_files[];

#endif

/* banned: functions that must not be used here become compile errors (included by the build).
 *
 * The build puts this file in front of every source (-include). A poisoned word is an error
 * wherever it is read afterwards, also in headers: hence all system and third-party headers that
 * declare or mention one come first. Their include guards make the later inclusions empty. */
#ifndef STK_CORE_BASE_BANNED_H
#define STK_CORE_BASE_BANNED_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

#ifdef __GNUC__
#pragma GCC poison strcpy strcat strncpy sprintf vsprintf strtok gets atoi atol atof sscanf
#pragma GCC poison asctime ctime gmtime localtime rand system tmpnam
#endif

#endif

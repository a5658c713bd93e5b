/* banned: functions that must not be used here become compile errors (included by the build). */
#ifndef STK_CORE_BASE_BANNED_H
#define STK_CORE_BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat strncpy sprintf vsprintf strtok gets atoi atol atof sscanf
#pragma GCC poison asctime ctime gmtime localtime rand system tmpnam

#endif

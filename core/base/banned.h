/* Forced into every file of merganser: calls that have a better one of our own do not compile. */
#ifndef CORE_BASE_BANNED_H
#define CORE_BASE_BANNED_H

/* The system's own declarations come first, so that only our calls meet the macros. */
#include <ctype.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MG_BANNED(name, instead) mg_banned_##name##__use_##instead

#undef strcpy
#undef strcat
#undef strncpy
#undef strncat
#undef sprintf
#undef vsprintf
#undef strtok
#undef atoi
#undef atol
#undef atoll
#undef localtime
#undef gmtime
#undef ctime
#undef asctime
#undef setlocale
#undef isalpha
#undef isalnum
#undef isdigit
#undef isspace
#undef tolower
#undef toupper

#define strcpy(...)    MG_BANNED(strcpy, arena_printf)
#define strcat(...)    MG_BANNED(strcat, arena_printf)
#define strncpy(...)   MG_BANNED(strncpy, snprintf)
#define strncat(...)   MG_BANNED(strncat, arena_printf)
#define sprintf(...)   MG_BANNED(sprintf, snprintf)
#define vsprintf(...)  MG_BANNED(vsprintf, vsnprintf)
#define strtok(...)    MG_BANNED(strtok, text_line)
#define atoi(...)      MG_BANNED(atoi, text_to_u64)
#define atol(...)      MG_BANNED(atol, text_to_u64)
#define atoll(...)     MG_BANNED(atoll, text_to_u64)
#define localtime(...) MG_BANNED(localtime, gmtime_r)
#define gmtime(...)    MG_BANNED(gmtime, gmtime_r)
#define ctime(...)     MG_BANNED(ctime, text_time)
#define asctime(...)   MG_BANNED(asctime, text_time)
#define setlocale(...) MG_BANNED(setlocale, nothing)
#define isalpha(...)   MG_BANNED(isalpha, text_is_letter)
#define isalnum(...)   MG_BANNED(isalnum, text_is_word)
#define isdigit(...)   MG_BANNED(isdigit, text_is_digit)
#define isspace(...)   MG_BANNED(isspace, text_is_space)
#define tolower(...)   MG_BANNED(tolower, text_lower)
#define toupper(...)   MG_BANNED(toupper, text_upper)

#endif

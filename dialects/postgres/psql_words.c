#include "dialects/postgres/psql_words.h"

struct row {
    const char *names; /* each with a blank on both sides */
    enum psql_word word;
    const char *hint;
};

static const char no_variables[] = "write the value itself: a migration has no variables, so that it does the same "
                                   "everywhere";

/* https://www.postgresql.org/docs/current/app-psql.html has them all. */
static const struct row rows[] = {
    { " restrict unrestrict ", WORD_SILENT, NULL },
    { " echo qecho warn timing pset a C f H t T x conninfo copyright errverbose ? h help l l+ list list+ z sf sf+ sv "
      "sv+ s ",
      WORD_HARMLESS, NULL },
    { " i include ", WORD_INCLUDE, NULL },
    { " ir include_relative ", WORD_INCLUDE_BESIDE, NULL },
    { " set ", WORD_SET, no_variables },
    { " unset ", WORD_UNSET, no_variables },
    { " encoding ", WORD_ENCODING, "save the file as UTF-8 and take the line out" },
    { " prompt gset ", WORD_REFUSED, no_variables },
    { " getenv setenv ", WORD_REFUSED,
      "take the line out: a migration sees no environment, so that it does the same "
      "everywhere" },
    { " gexec ", WORD_REFUSED,
      "write it as DO $$ … FOR r IN SELECT … LOOP EXECUTE r.statement; END LOOP … $$, or write out what it makes" },
    { " g gx crosstabview gdesc ", WORD_REFUSED, "end the statement with a semicolon instead" },
    { " watch ", WORD_REFUSED, "end the statement with a semicolon: a migration runs it once" },
    { " bind parse close bind_named startpipeline endpipeline sendpipeline syncpipeline flush flushrequest "
      "getresults ",
      WORD_REFUSED, "write the values into the statement and end it with a semicolon" },
    { " c connect ", WORD_REFUSED,
      "take the line out: a migration stays in the database that it runs for (pg_dump without --create writes none)" },
    { " copy ", WORD_REFUSED,
      "write COPY … FROM stdin; with the rows on the lines behind it and a line \\. at their end" },
    { " . ", WORD_REFUSED, "it ends the rows of a COPY … FROM stdin; and none is open here: take the line out" },
    { " if elif else endif ", WORD_REFUSED, "write the condition as DO $$ … IF … THEN … END IF … $$" },
    { " ! ", WORD_REFUSED, "take the line out: a migration runs no other program" },
    { " o out w write ", WORD_REFUSED, "take the line out: a migration writes no file" },
    { " cd ", WORD_REFUSED, "take the line out, and name files from the root of the source, or with \\ir" },
    { " e edit ef ev ", WORD_REFUSED, "take the line out: nobody is there to edit" },
    { " q quit ", WORD_REFUSED, "take it out, with all that stands behind it" },
    { " r reset p print ", WORD_REFUSED, "take it out, with the statement before it that is not ended" },
    { " password ", WORD_REFUSED, "take the line out: a password does not belong in a file of the repository" },
    { " lo_import lo_export lo_unlink lo_list ", WORD_REFUSED,
      "write it as SQL: lo_from_bytea(), lo_get() and lo_unlink()" },
    { " ; : ", WORD_REFUSED, "write it without the backslash" },
};

static const struct row *find(struct text name)
{
    char word[32];

    if (!name.len || name.len > sizeof word - 3)
        return NULL;
    snprintf(word, sizeof word, " %.*s ", (int)name.len, name.at);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strstr(rows[i].names, word))
            return &rows[i];
    return NULL;
}

enum psql_word psql_word(const char **hint, struct text name)
{
    const struct row *row = find(name);

    if (row) {
        *hint = row->hint;
        return row->word;
    }
    *hint = "take the line out, or write what it does as SQL";
    /* \d, \dt+, \dn …: they list. */
    return text_starts(name, "d") && name.len <= 6 ? WORD_HARMLESS : WORD_REFUSED;
}

static bool is_on(struct text value)
{
    static const char *const on[] = { "", "on", "true", "yes", "1", "t", "y" };

    for (size_t i = 0; i < sizeof on / sizeof *on; i++)
        if (text_is_nocase(value, on[i]))
            return true;
    return false;
}

bool psql_own_variable(const char **hint, struct text name, struct text value)
{
    static const char printing[] = " ECHO ECHO_HIDDEN QUIET VERBOSITY SHOW_CONTEXT SHOW_ALL_RESULTS PROMPT1 PROMPT2 "
                                   "PROMPT3 FETCH_COUNT HISTCONTROL HISTFILE HISTSIZE IGNOREEOF COMP_KEYWORD_CASE "
                                   "HIDE_TABLEAM HIDE_TOAST_COMPRESSION WATCH_INTERVAL ";
    char word[32];

    *hint = NULL;
    if (text_is(name, "ON_ERROR_STOP")) {
        if (!is_on(value))
            *hint = "take the line out: a migration always stops at its first error, and what may fail can be "
                    "written as DO $$ BEGIN … EXCEPTION WHEN … $$";
    } else if (text_is(name, "AUTOCOMMIT")) {
        if (!is_on(value))
            *hint = "take the line out: a migration runs in one transaction by itself";
    } else if (text_is(name, "ON_ERROR_ROLLBACK")) {
        if (is_on(value) || text_is_nocase(value, "interactive"))
            *hint = "take the line out: what may fail can be written as DO $$ BEGIN … EXCEPTION WHEN … $$";
    } else if (text_is(name, "SINGLELINE")) {
        if (is_on(value))
            *hint = "take the line out, and end each statement with a semicolon";
    } else if (!text_is(name, "SINGLESTEP")) {
        if (!name.len || name.len > sizeof word - 3)
            return false;
        snprintf(word, sizeof word, " %.*s ", (int)name.len, name.at);
        return strstr(printing, word) != NULL;
    }
    return true;
}

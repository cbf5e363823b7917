/* What the stub answers; see server.c. */
#include <stddef.h>

struct text {
  char *at;
  size_t size, room;
};

/* Adds bytes to a text, making room. */
void append(struct text *to, const char *from, size_t size);

/* Makes every answer; once, before the first request. */
void make_answers(void);

/* The whole answer, head included, to a request; valid until the next call. `path` is changed. */
struct text *answer_to(char method, char *path);

/* How long answers are held back. */
extern int latency_ms;

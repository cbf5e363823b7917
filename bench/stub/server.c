/* A stand-in for the store's REST API that is never what is measured: one thread, epoll, a system call each way.
 *
 *     cc -O2 -o stub bench/stub/server.c bench/stub/answers.c && ./stub PORT
 *
 * Listens on 127.0.0.1 alone. Beside the store's paths it answers GET /stub/latency?ms=20, /stub/counts, /stub/reset.
 */
#define _GNU_SOURCE
#include "answers.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST_FDS = 20000, INPUT = 32768, LATE = 65536 };

struct client {
  unsigned life;
  int open, waits, wants_out;
  size_t held, sent;
  struct text out;
  char in[INPUT];
};
struct late {
  long long due;
  int fd;
  unsigned life;
  struct text answer;
};

static struct client *clients[MOST_FDS];
static struct late late[LATE];
static size_t late_first, late_next;
static int poller;

static void drop(int fd) {
  clients[fd]->open = 0;
  clients[fd]->life++;
  close(fd);
}

static void listen_for(int fd, unsigned events, int operation) {
  struct epoll_event event = {.events = events, .data.fd = fd};
  epoll_ctl(poller, operation, fd, &event);
}

static void send_out(int fd) {
  struct client *client = clients[fd];
  while (client->sent < client->out.size) {
    ssize_t gone = send(fd, client->out.at + client->sent, client->out.size - client->sent, MSG_NOSIGNAL);
    if (gone < 0) {
      if (errno != EAGAIN) return drop(fd);
      if (!client->wants_out++) listen_for(fd, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
      return;
    }
    client->sent += (size_t)gone;
  }
  client->out.size = client->sent = 0;
  if (client->wants_out) listen_for(fd, EPOLLIN, EPOLL_CTL_MOD);
  client->wants_out = 0;
}

static long long now_us(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000LL + time.tv_nsec / 1000;
}

static void reply(int fd, struct text *answer, int is_control) {
  struct client *client = clients[fd];
  if (!latency_ms || is_control) return append(&client->out, answer->at, answer->size);
  struct late *slot = &late[late_next++ % LATE];
  slot->due = now_us() + latency_ms * 1000LL;
  slot->fd = fd;
  slot->life = client->life;
  slot->answer.size = 0;
  append(&slot->answer, answer->at, answer->size);
  client->waits = 1;
}

static void read_requests(int fd) {
  struct client *client = clients[fd];
  size_t used = 0;
  while (!client->waits) {
    char *head = client->in + used, *end = memmem(head, client->held - used, "\r\n\r\n", 4);
    if (!end) break;
    *end = 0;
    char *length = strcasestr(head, "\ncontent-length:");
    size_t size = (size_t)(end - head) + 4 + (length ? strtoul(length + 16, NULL, 10) : 0);
    *end = '\r';
    if (client->held - used < size) break;
    char *path = memchr(head, ' ', size), *stop = path ? memchr(path + 1, ' ', size - (size_t)(path + 1 - head)) : NULL;
    if (!stop) return drop(fd);
    *stop = 0;
    int is_control = !strncmp(path + 1, "/stub/", 6);
    reply(fd, answer_to(*head, path + 1), is_control);
    used += size;
  }
  client->held -= used;
  memmove(client->in, client->in + used, client->held);
  send_out(fd);
}

static void accept_all(int listener) {
  for (int fd, yes = 1; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
    if (fd >= MOST_FDS) {
      close(fd);
      continue;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (!clients[fd]) clients[fd] = calloc(1, sizeof **clients);
    struct client *client = clients[fd];
    client->open = 1;
    client->waits = client->wants_out = 0;
    client->held = client->sent = client->out.size = 0;
    listen_for(fd, EPOLLIN, EPOLL_CTL_ADD);
  }
}

static void take_in(int fd, unsigned events) {
  struct client *client = clients[fd];
  if (client->open && events & EPOLLOUT) send_out(fd);
  if (!client->open || !(events & ~(unsigned)EPOLLOUT)) return;
  ssize_t got = recv(fd, client->in + client->held, INPUT - client->held, 0);
  if (got < 0 && errno == EAGAIN) return;
  if (got <= 0) return drop(fd);
  client->held += (size_t)got;
  read_requests(fd);
  if (client->open && client->held == INPUT) drop(fd);
}

static void send_late(void) {
  for (long long now = now_us(); late_first != late_next && late[late_first % LATE].due <= now; late_first++) {
    struct late *slot = &late[late_first % LATE];
    struct client *client = clients[slot->fd];
    if (!client->open || client->life != slot->life) continue;
    append(&client->out, slot->answer.at, slot->answer.size);
    client->waits = 0;
    read_requests(slot->fd);
  }
}

static int wait_ms(void) {
  if (late_first == late_next) return -1;
  long long left = late[late_first % LATE].due - now_us();
  return left <= 0 ? 0 : (int)((left + 999) / 1000);
}

int main(int count, char **arguments) {
  make_answers();
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), yes = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)(count > 1 ? atoi(arguments[1]) : 9000))};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 4096)) {
    perror("stub");
    return 1;
  }
  poller = epoll_create1(0);
  listen_for(listener, EPOLLIN, EPOLL_CTL_ADD);
  for (struct epoll_event events[512];;) {
    int ready = epoll_wait(poller, events, 512, wait_ms());
    for (int i = 0; i < ready; i++) {
      if (events[i].data.fd == listener)
        accept_all(listener);
      else
        take_in(events[i].data.fd, events[i].events);
    }
    send_late();
  }
}

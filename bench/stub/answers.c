/* The store as the benchmarks have it: 200 customers with 12 custom fields, 3 addresses and 10 orders each, every
 * answer made beforehand.
 *
 * It knows `in(id,...)` on customers, which the real store does not have, because the peers are written with it.
 */
#define _GNU_SOURCE
#include "answers.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CUSTOMERS = 200, PAGE = 100, ADDRESSES = 3, ORDERS = 10 };
enum { ONE, LIST, BATCH, ADDRESS, ORDER, WRITE, TOKEN, DEFINITION, MISSING, KINDS };
static const char *KIND_NAMES[KINDS] = {"one",   "list",  "batch",      "addresses", "orders",
                                        "write", "token", "definition", "missing"};

int latency_ms;
static unsigned long long counts[KINDS];
static struct text rows[CUSTOMERS], one[CUSTOMERS], addresses[CUSTOMERS], orders[CUSTOMERS], lists[PAGE + 1];
static struct text flows, fields, token, missing, scratch;

void append(struct text *to, const char *from, size_t size) {
  if (to->size + size > to->room) {
    to->room = 2 * (to->size + size) + 512;
    to->at = realloc(to->at, to->room);
  }
  memcpy(to->at + to->size, from, size);
  to->size += size;
}

static void print(struct text *to, const char *format, ...) {
  char line[4096];
  va_list values;
  va_start(values, format);
  append(to, line, (size_t)vsnprintf(line, sizeof line, format, values));
  va_end(values);
}

/* Gives a body its head; the body's text is used up. */
static struct text *seal(struct text *to, const char *status, struct text *body) {
  to->size = 0;
  print(to, "HTTP/1.1 %s\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: %zu\r\n", status, body->size);
  print(to, "X-Moltin-Request-Id: 7d0c3a52-1f6e-4b8a-9e57-c4410d2b9a6f\r\n\r\n");
  append(to, body->at, body->size);
  body->size = 0;
  return to;
}

static void make_customer(int i, struct text *body) {
  static const char *tiers[] = {"stone", "copper", "silver", "gold"};
  struct text *row = &rows[i];
  print(row, "{\"type\":\"customer\",\"id\":\"c0ffee00-0000-4000-8000-%012d\",\"name\":\"Ines Okafor the %dth\",", i, i);
  print(row, "\"email\":\"ines.%d@example.test\",\"password\":true,\"external_ref\":\"crm-%06d\",", i, 7 * i);
  print(row, "\"member_tier\":\"%s\",\"points\":%d,\"newsletter\":%s,", tiers[i % 4], 41 * i, i % 2 ? "true" : "false");
  print(row, "\"credit\":%d.25,\"birthday\":\"19%02d-%02d-%02d\",", 9 * i, 40 + i % 60, 1 + i % 12, 1 + i % 28);
  print(row, "\"phone\":\"+44 20 7946 0%03d\",\"visits\":%d,\"vip\":%s,", i, 3 * i, i % 7 ? "false" : "true");
  print(row, "\"remark\":\"Side gate, code %d; caf\\u00e9 opposite, ask for \\\"the key\\\" if nobody answers\",", i);
  print(row, "\"discount\":0.%02d,\"last_seen\":\"2031-%02d-%02dT18:04:26.623Z\",", i % 100, 1 + i % 12, 1 + i % 28);
  print(row, "\"referrer\":%s,\"links\":{\"self\":\"/v2/customers/", i % 3 ? "\"a friend\"" : "null");
  print(row, "c0ffee00-0000-4000-8000-%012d\"},\"meta\":{\"timestamps\":{\"created_at\":\"2030-02-03T04:05:06Z\",", i);
  print(row, "\"updated_at\":\"2031-02-03T04:05:06Z\"}}}");
  print(body, "{\"data\":");
  append(body, row->at, row->size);
  print(body, "}");
  seal(&one[i], "200 OK", body);
}

static void make_dependants(int i, struct text *body) {
  print(body, "{\"data\":[");
  for (int k = 0; k < ADDRESSES; k++) {
    print(body, "%s{\"type\":\"address\",\"id\":\"a-%d-%d\",\"name\":\"Home %d\",\"first_name\":\"Ines\",", k ? "," : "", i, k, k);
    print(body, "\"last_name\":\"Okafor\",\"company_name\":\"\",\"phone_number\":\"\",\"line_1\":\"%d Mill Lane\",", i + k);
    print(body, "\"line_2\":\"Floor %d\",\"city\":\"Leeds\",\"county\":\"Yorkshire\",\"region\":\"\",\"country\":\"GB\",", k);
    print(body, "\"postcode\":\"LS1 %dAB\",\"instructions\":\"Ring twice\"}", k);
  }
  print(body, "]}");
  seal(&addresses[i], "200 OK", body);
  print(body, "{\"data\":[");
  for (int k = 0; k < ORDERS; k++) {
    print(body, "%s{\"type\":\"order\",\"id\":\"o-%d-%d\",\"status\":\"complete\",\"payment\":\"paid\",", k ? "," : "", i, k);
    print(body, "\"shipping\":\"fulfilled\",\"customer\":{\"id\":\"c0ffee00-0000-4000-8000-%012d\",", i);
    print(body, "\"name\":\"Ines Okafor\",\"email\":\"ines.%d@example.test\"},\"shipping_address\":{\"city\":\"Leeds\",", i);
    print(body, "\"line_1\":\"%d Mill Lane\",\"country\":\"GB\"},\"meta\":{\"display_price\":{\"with_tax\":{", i);
    print(body, "\"amount\":%d,\"currency\":\"GBP\",\"formatted\":\"\\u00a3%d.00\"}},\"timestamps\":{", 100 * k, k);
    print(body, "\"created_at\":\"2031-02-03T04:05:06Z\"}}}");
  }
  print(body, "],\"meta\":{\"results\":{\"total\":%d}}}", ORDERS);
  seal(&orders[i], "200 OK", body);
}

static struct text *make_list(struct text *to, const int *chosen, int count) {
  struct text body = {0};
  print(&body, "{\"data\":[");
  for (int k = 0; k < count; k++) {
    if (k) append(&body, ",", 1);
    append(&body, rows[chosen[k]].at, rows[chosen[k]].size);
  }
  print(&body, "],\"meta\":{\"page\":{\"limit\":%d,\"offset\":0,\"current\":1,\"total\":1},", count);
  print(&body, "\"results\":{\"total\":%d}}}", count);
  seal(to, "200 OK", &body);
  free(body.at);
  return to;
}

static void make_definitions(struct text *body) {
  static const char *slugs[] = {"member_tier", "points", "newsletter", "credit",   "birthday",  "phone",
                                "remark",      "visits", "vip",        "discount", "last_seen", "referrer"};
  static const char *types[] = {"string", "integer", "boolean", "float", "date", "string",
                                "string", "integer", "boolean", "float", "date", "string"};
  print(body, "{\"data\":[{\"type\":\"flow\",\"id\":\"flow-1\",\"slug\":\"customers\",\"name\":\"Customers\",");
  print(body, "\"description\":\"Extends customers\",\"enabled\":true}]}");
  seal(&flows, "200 OK", body);
  print(body, "{\"data\":[");
  for (int i = 0; i < 12; i++) {
    print(body, "%s{\"type\":\"field\",\"id\":\"field-%d\",\"slug\":\"%s\",\"name\":\"%s\",", i ? "," : "", i, slugs[i], slugs[i]);
    print(body, "\"field_type\":\"%s\",\"description\":\"Number %d\",\"required\":false,\"enabled\":true,", types[i], i);
    print(body, "\"default\":null,\"order\":%d,\"omit_null\":false,\"validation_rules\":[]}", i);
  }
  print(body, "]}");
  seal(&fields, "200 OK", body);
  print(body, "{\"access_token\":\"f1d2d2f924e986ac86fdf7b36c94bcdf32beec15\",\"token_type\":\"Bearer\",");
  print(body, "\"identifier\":\"client_credentials\",\"expires\":1999999999,\"expires_in\":3600}");
  seal(&token, "200 OK", body);
  print(body, "{\"errors\":[{\"status\":404,\"title\":\"Not Found\"}]}");
  seal(&missing, "404 Not Found", body);
}

static int customer_at(const char *id) {
  int i = strncmp(id, "c0ffee00-0000-4000-8000-", 24) ? -1 : atoi(id + 24);
  return i >= 0 && i < CUSTOMERS ? i : -1;
}

static void decode_query(char *query) {
  char *to = query;
  for (unsigned value; *query; query++) {
    if (*query == '%' && sscanf(query + 1, "%2x", &value) == 1) {
      *to++ = (char)value;
      query += 2;
    } else
      *to++ = *query;
  }
  *to = 0;
}

static struct text *list_customers(const char *query) {
  int chosen[PAGE], count = 0, limit = PAGE;
  const char *filter = strstr(query, "filter=in(id,"), *page = strstr(query, "page[limit]=");
  if (filter) {
    counts[BATCH]++;
    for (const char *id = filter + 13; id[0] && count < PAGE; id++) {
      int i = customer_at(id);
      if (i >= 0) chosen[count++] = i;
      id += strcspn(id, ",)");
      if (*id != ',') break;
    }
    return make_list(&scratch, chosen, count);
  }
  counts[LIST]++;
  if (page) limit = atoi(page + 12);
  if (limit < 1 || limit > PAGE) limit = PAGE;
  if (!lists[limit].size) {
    for (; count < limit; count++) chosen[count] = count;
    make_list(&lists[limit], chosen, count);
  }
  return &lists[limit];
}

static struct text *control(const char *path, const char *query) {
  struct text body = {0};
  if (!strcmp(path, "/latency")) latency_ms = atoi(query + strcspn(query, "=") + !!*query);
  if (!strcmp(path, "/reset")) memset(counts, 0, sizeof counts);
  print(&body, "{\"latency_ms\":%d", latency_ms);
  for (int i = 0; i < KINDS; i++) print(&body, ",\"%s\":%llu", KIND_NAMES[i], counts[i]);
  print(&body, "}");
  seal(&scratch, "200 OK", &body);
  free(body.at);
  return &scratch;
}

static struct text *counted(int kind, struct text *answer) {
  counts[kind]++;
  return answer;
}

struct text *answer_to(char method, char *path) {
  char *query = strchr(path, '?');
  if (query) {
    *query++ = 0;
    decode_query(query);
  } else
    query = path + strlen(path);
  if (!strncmp(path, "/stub/", 6)) return control(path + 5, query);
  if (!strcmp(path, "/v2/customers")) return list_customers(query);
  if (!strncmp(path, "/v2/customers/", 14)) {
    int i = customer_at(path + 14);
    size_t length = strlen(path);
    if (i < 0) return counted(MISSING, &missing);
    if (length == 50) return counted(method == 'G' ? ONE : WRITE, &one[i]);
    return strcmp(path + 50, "/addresses") ? counted(MISSING, &missing) : counted(ADDRESS, &addresses[i]);
  }
  if (!strcmp(path, "/v2/orders")) {
    char *filter = strstr(query, "customer_id,");
    int i = filter ? customer_at(filter + 12 + (filter[12] == '"')) : 0;
    return i < 0 ? counted(MISSING, &missing) : counted(ORDER, &orders[i]);
  }
  if (!strcmp(path, "/v2/flows")) return counted(DEFINITION, &flows);
  if (!strcmp(path, "/v2/flows/customers/fields")) return counted(DEFINITION, &fields);
  if (!strcmp(path, "/oauth/access_token")) return counted(TOKEN, &token);
  return counted(MISSING, &missing);
}

void make_answers(void) {
  struct text body = {0};
  for (int i = 0; i < CUSTOMERS; i++) {
    make_customer(i, &body);
    make_dependants(i, &body);
  }
  make_definitions(&body);
  free(body.at);
}

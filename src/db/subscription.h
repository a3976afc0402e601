/* SPDX-License-Identifier: Apache-2.0
 * db/subscription.h - what the rest of db knows of subscriptions. */
#ifndef WEIR_DB_SUBSCRIPTION_H
#define WEIR_DB_SUBSCRIPTION_H

#include "db/statement.h"

/* STATUS_BUSY while a subscriber's queue is full: nothing may be pushed before it reads. */
NODISCARD Status subscription_check_room(const weir_db *db, Error *err);

/* The file descriptors of weir_sub_fd say whether weir_sub_next has something; when the database is left. */
void subscription_set_events(const weir_db *db);

#endif

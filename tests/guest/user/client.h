/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Short-lived clients of the device, and checks that all is free afterwards
 */
#ifndef CLIENT_H
#define CLIENT_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct sva_client - a process that has two pages copied
 * @mode: in which mode
 * @leave: leave page requests behind whose group has no last one
 * @left: how many it left
 * @pasid: its PASID
 * @contexts: of the device
 * @status: of its copy
 * @different: wrong bytes of its copy
 */
struct sva_client {
	int mode;
	bool leave;
	unsigned int left;
	uint32_t pasid;
	uint32_t contexts;
	uint8_t status;
	uint64_t different;
};

/* In shared memory, from sva_shared(); the process has ended afterwards. */
void sva_client_run(struct sva_client *client, int mode, bool leave);
/* Is there a PASID that is not above @want? Fact pasid.after. */
void sva_client_pasid(struct sva_client *client, int mode, uint32_t want);
/* Can all contexts be opened? Facts contexts.*. */
void sva_client_contexts(unsigned int contexts);

#endif

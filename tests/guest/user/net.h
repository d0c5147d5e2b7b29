/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Network part of the scenario dma
 */
#ifndef NET_H
#define NET_H

#include <netinet/in.h>

struct net {
	const char *ifname;
	struct in_addr addr;
	struct in_addr peer;
	unsigned int sent;
	unsigned int good;
};

/* Gives the interface its address and brings it up. */
void net_up(const struct net *net);
void net_arp(struct net *net, unsigned int rounds);
void net_ping(struct net *net, unsigned int rounds);

#endif

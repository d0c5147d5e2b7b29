// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Network part of the scenario dma: requests that the other side answers
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/if_ether.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <netpacket/packet.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net.h"
#include "sva.h"

/* Generous: the host may be busy. */
#define ANSWER_MS	10000
#define UP_MS		5000
#define GREETING_MS	2000
#define GREETINGS	5
#define PING_MAX	1400

static void set_ifreq(const struct net *net, int fd, unsigned long request,
		      struct ifreq *ifr, const char *what)
{
	strncpy(ifr->ifr_name, net->ifname, sizeof(ifr->ifr_name) - 1);
	if (ioctl(fd, request, ifr))
		sva_error("%s: %s: %s", net->ifname, what, strerror(errno));
}

static void fill_addr(struct ifreq *ifr, struct in_addr addr)
{
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_addr = addr };

	memset(ifr, 0, sizeof(*ifr));
	memcpy(&ifr->ifr_addr, &sin, sizeof(sin));
}

void net_up(const struct net *net)
{
	uint64_t end = sva_deadline(UP_MS);
	struct ifreq ifr;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		sva_error("no IPv4: %s (CONFIG_INET?)", strerror(errno));
	fill_addr(&ifr, net->addr);
	set_ifreq(net, fd, SIOCSIFADDR, &ifr,
		  "cannot set the address (CONFIG_VIRTIO_NET?)");
	fill_addr(&ifr, (struct in_addr) { htonl(0xffffff00) });
	set_ifreq(net, fd, SIOCSIFNETMASK, &ifr, "cannot set the netmask");
	memset(&ifr, 0, sizeof(ifr));
	set_ifreq(net, fd, SIOCGIFFLAGS, &ifr, "cannot get the flags");
	ifr.ifr_flags |= IFF_UP;
	set_ifreq(net, fd, SIOCSIFFLAGS, &ifr, "cannot bring it up");

	while (!(ifr.ifr_flags & IFF_RUNNING)) {
		if (sva_now_ms() > end)
			sva_error("%s has no link", net->ifname);
		sva_sleep_ms(20);
		set_ifreq(net, fd, SIOCGIFFLAGS, &ifr, "cannot get the flags");
	}
	close(fd);
}

/* Waits for a packet until @end; its length, 0: none came. */
static size_t receive(int fd, void *buf, size_t size, uint64_t end)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	uint64_t now = sva_now_ms();
	ssize_t n;

	if (now >= end || poll(&pfd, 1, end - now) != 1)
		return 0;
	n = recv(fd, buf, size, 0);
	return n > 0 ? n : 0;
}

static void count_answer(struct net *net, bool answered)
{
	net->sent++;
	net->good += answered;
	if (!answered)
		sva_note("%s: request %u has no answer", net->ifname,
			 net->sent);
}

static int arp_socket(const struct net *net, struct sockaddr_ll *sll,
		      struct ether_arp *request)
{
	struct ifreq ifr;
	int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC,
			htons(ETH_P_ARP));

	if (fd < 0)
		sva_error("packet socket: %s (CONFIG_PACKET?)",
			  strerror(errno));
	memset(&ifr, 0, sizeof(ifr));
	set_ifreq(net, fd, SIOCGIFHWADDR, &ifr, "no hardware address");
	memcpy(request->arp_sha, ifr.ifr_hwaddr.sa_data, ETH_ALEN);

	memset(sll, 0, sizeof(*sll));
	sll->sll_family = AF_PACKET;
	sll->sll_protocol = htons(ETH_P_ARP);
	sll->sll_ifindex = if_nametoindex(net->ifname);
	sll->sll_halen = ETH_ALEN;
	memset(sll->sll_addr, 0xff, ETH_ALEN);
	if (bind(fd, (struct sockaddr *)sll, sizeof(*sll)))
		sva_error("binding a packet socket: %s", strerror(errno));
	return fd;
}

static bool arp_answered(int fd, const struct net *net)
{
	uint64_t end = sva_deadline(ANSWER_MS);
	struct ether_arp answer;
	size_t n;

	while ((n = receive(fd, &answer, sizeof(answer), end)))
		if (n >= sizeof(answer) &&
		    answer.arp_op == htons(ARPOP_REPLY) &&
		    !memcmp(answer.arp_spa, &net->peer, 4) &&
		    !memcmp(answer.arp_tpa, &net->addr, 4))
			return true;
	return false;
}

void net_arp(struct net *net, unsigned int rounds)
{
	struct ether_arp request = {
		.ea_hdr = {
			.ar_hrd = htons(ARPHRD_ETHER),
			.ar_pro = htons(ETH_P_IP),
			.ar_hln = ETH_ALEN,
			.ar_pln = 4,
			.ar_op = htons(ARPOP_REQUEST),
		},
	};
	struct sockaddr_ll sll;
	int fd = arp_socket(net, &sll, &request);

	memcpy(request.arp_spa, &net->addr, 4);
	memcpy(request.arp_tpa, &net->peer, 4);
	for (unsigned int i = 0; i < rounds; i++) {
		if (sendto(fd, &request, sizeof(request), 0,
			   (struct sockaddr *)&sll, sizeof(sll)) < 0)
			sva_error("sending ARP: %s", strerror(errno));
		count_answer(net, arp_answered(fd, net));
	}
	close(fd);
}

static uint16_t checksum(const void *buf, size_t size)
{
	const uint16_t *p = buf;
	uint32_t sum = 0;

	for (size_t i = 0; i < size / 2; i++)
		sum += p[i];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

static bool ping_answered(int fd, const struct icmphdr *request, size_t size,
			  unsigned int ms)
{
	uint64_t end = sva_deadline(ms);
	char packet[PING_MAX + 128];
	const struct icmphdr *icmp;
	size_t n, ip;

	while ((n = receive(fd, packet, sizeof(packet), end))) {
		ip = (packet[0] & 15) * 4;
		icmp = (const void *)(packet + ip);
		if (n < ip + size || icmp->type != ICMP_ECHOREPLY ||
		    icmp->un.echo.sequence != request->un.echo.sequence)
			continue;
		return n == ip + size &&
		       !memcmp(icmp + 1, request + 1, size - sizeof(*icmp));
	}
	return false;
}

/* One request, whose size and contents depend on @i. */
static bool ping(int fd, const struct net *net, unsigned int i,
		 unsigned int ms)
{
	struct sockaddr_in sin = {
		.sin_family = AF_INET, .sin_addr = net->peer,
	};
	_Alignas(struct icmphdr) unsigned char buf[PING_MAX];
	struct icmphdr *icmp = (void *)buf;
	size_t size = sizeof(*icmp) + i * 53 % (PING_MAX - sizeof(*icmp));

	size &= ~1ul;
	for (size_t j = sizeof(*icmp); j < size; j++)
		buf[j] = i + j * 7;
	memset(icmp, 0, sizeof(*icmp));
	icmp->type = ICMP_ECHO;
	icmp->un.echo.sequence = htons(i);
	icmp->checksum = checksum(buf, size);
	if (sendto(fd, buf, size, 0, (struct sockaddr *)&sin, sizeof(sin)) < 0)
		sva_error("sending ICMP: %s", strerror(errno));
	return ping_answered(fd, icmp, size, ms);
}

void net_ping(struct net *net, unsigned int rounds)
{
	int fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP);

	if (fd < 0)
		sva_error("raw socket: %s", strerror(errno));
	/*
	 * A link that has just come up may lose what is sent at once.  From
	 * the first answer on, nothing may be lost.
	 */
	for (unsigned int i = 0; i < GREETINGS; i++)
		if (ping(fd, net, rounds + i, GREETING_MS))
			break;
	for (unsigned int i = 0; i < rounds; i++)
		count_answer(net, ping(fd, net, i, ANSWER_MS));
	close(fd);
}

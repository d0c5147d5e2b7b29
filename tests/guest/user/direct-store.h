/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Instructions that write 64 bytes at once, to the portal of a device
 */
#ifndef DIRECT_STORE_H
#define DIRECT_STORE_H

#if defined(__x86_64__)

/* ZF: 1 if the device does not take it.  @command is aligned to 64 bytes. */
static inline int sva_enqcmd(volatile void *portal, const void *command)
{
	unsigned char zf;

	__asm__ volatile(".byte 0xf2, 0x48, 0x0f, 0x38, 0xf8, 0x02\n\tsetz %0"
		     : "=q"(zf) : "a"(portal), "d"(command) : "memory", "cc");
	return zf;
}

static inline void sva_movdir64b(volatile void *portal, const void *words)
{
	__asm__ volatile(".byte 0x66, 0x48, 0x0f, 0x38, 0xf8, 0x02"
		     : : "a"(portal), "d"(words) : "memory");
}

#else

static inline int sva_enqcmd(volatile void *portal, const void *command)
{
	(void)portal;
	(void)command;
	return 1;
}

static inline void sva_movdir64b(volatile void *portal, const void *words)
{
	(void)portal;
	(void)words;
}

#endif
#endif

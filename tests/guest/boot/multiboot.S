/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A multiboot image: it says so on QEMU's debug console and powers off
 *
 * Multiboot Specification 0.6.96, section 3.1: the header is in the first
 * 8 KiB; magic, flags and checksum have the sum 0. The loader enters in 32-bit
 * protected mode with its own magic in EAX.
 */
#define HEADER_MAGIC	0x1badb002
#define LOADER_MAGIC	0x2badb002
#define DEBUGCON	0xe9
#define DEBUG_EXIT	0xf4

	.section .text
	.balign	4
	.long	HEADER_MAGIC, 0, -HEADER_MAGIC

	.globl	_start
_start:
	mov	$bad, %esi
	cmp	$LOADER_MAGIC, %eax
	jne	print
	mov	$good, %esi
print:
	lodsb
	test	%al, %al
	jz	exit
	out	%al, $DEBUGCON
	jmp	print
exit:
	mov	$1, %eax
	out	%eax, $DEBUG_EXIT
	hlt
	jmp	exit

good:	.asciz	"booted by multiboot\n"
bad:	.asciz	"not entered by a multiboot loader\n"

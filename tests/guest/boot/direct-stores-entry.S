/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Entry, and exceptions, of the image that direct-stores.c belongs to
 *
 * Multiboot Specification 0.6.96, sections 3.1 and 3.2: neither a stack nor a
 * descriptor table is there.
 */
#define HEADER_MAGIC	0x1badb002
#define CODE		8
#define DATA		16
#define STACK		8192

	.section .text
	.balign	4
	.long	HEADER_MAGIC, 0, -HEADER_MAGIC

	.globl	_start
_start:
	cli
	mov	$stack_top, %esp
	lgdt	gdtr
	ljmp	$CODE, $1f
1:	mov	$DATA, %eax
	mov	%eax, %ds
	mov	%eax, %es
	mov	%eax, %ss
	call	main
2:	hlt
	jmp	2b

	.balign	8
gdt:	.quad	0, 0x00cf9a000000ffff, 0x00cf92000000ffff
gdtr:	.word	23
	.long	gdt

/* int attempt(void (*what)(void)): the vector of its exception, or -1 */
	.globl	attempt
attempt:
	pusha
	mov	%esp, saved_esp
	movl	$-1, vector
	call	*36(%esp)
recover:
	mov	saved_esp, %esp
	popa
	mov	vector, %eax
	ret

with_error:
	pop	error_code
without_error:
	pop	fault_eip
	jmp	recover

	.macro	stub n, how
	.globl	vector\n
vector\n:
	movl	$\n, vector
	jmp	\how
	.endm
	stub	1, without_error
	stub	6, without_error
	stub	13, with_error
	stub	14, with_error

	.bss
	.balign	16
	.skip	STACK
stack_top:

	.section .note.GNU-stack, "", @progbits

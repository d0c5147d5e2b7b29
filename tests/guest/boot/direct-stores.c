// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A multiboot image that executes the direct and enqueue stores, XSAVES and
 * XRSTORS, and says on QEMU's debug console what it saw
 *
 * One line for each case, "ok NAME" or "not ok NAME: what (hex)", and the
 * line "done" in the end. Needs sva-portal-testdev and edu. Without the former
 * it only looks whether the instructions are there, without the latter it waits.
 *
 * All of it is 32-bit code at CPL 0; the programs of a Linux guest do the rest.
 */
#include <stdbool.h>
#include <stdint.h>

#define DEBUGCON	0xe9
#define DEBUG_EXIT	0xf4
#define PCI_ADDRESS	0xcf8
#define PCI_DATA	0xcfc
#define PORTAL_ID	0x53591234
#define EDU_ID		0x11e81234

#define MSR_PASID	0xd93
#define MSR_XSS		0xda0
#define CR4_OSFXSR	(1u << 9)
#define CR4_OSXSAVE	(1u << 18)
#define CR4_PSE		(1u << 4)
#define CR0_PG_WP	0x80010000u

enum { DB = 1, UD = 6, GP = 13, PF = 14, NONE = -1 };

/* Registers of sva-portal-testdev, as 32-bit words. */
enum { ROOM = 0, POSTED = 2, ACCEPTED = 4, RETRIED = 6, PIECES = 8, OFFSET = 10, DATA = 16 };

volatile uint32_t saved_esp, fault_eip, error_code;
volatile int vector;
int attempt(void (*what)(void));
extern char vector1[], vector6[], vector13[], vector14[];

static volatile uint32_t *portal, *edu;
static uint32_t source[16] __attribute__((aligned(64)));
static uint32_t memory[16] __attribute__((aligned(64)));
static uint32_t area[256] __attribute__((aligned(64)));
static uint32_t directory[1024] __attribute__((aligned(4096)));
static struct { uint16_t low, cs, type, high; } idt[32];
/* What the code under test takes and gives. */
static volatile uint32_t to, from, flags, msr_low, msr_high, value;

static void out8(uint16_t port, uint8_t byte)
{
	asm volatile("outb %0, %1" : : "a"(byte), "Nd"(port));
}

static void out32(uint16_t port, uint32_t word)
{
	asm volatile("outl %0, %1" : : "a"(word), "Nd"(port));
}

static uint32_t in32(uint16_t port)
{
	uint32_t word;

	asm volatile("inl %1, %0" : "=a"(word) : "Nd"(port));
	return word;
}

static void print(const char *text)
{
	while (*text)
		out8(DEBUGCON, *text++);
}

static void print_hex(uint32_t word)
{
	int shift;

	for (shift = 28; shift >= 0; shift -= 4)
		out8(DEBUGCON, "0123456789abcdef"[word >> shift & 15]);
}

/* One case; @got is shown if it is not as wanted. */
static void check(const char *name, uint32_t got, uint32_t wanted)
{
	print(got == wanted ? "ok " : "not ok ");
	print(name);
	print(got == wanted ? "\n" : ": ");
	if (got != wanted) {
		print_hex(got);
		print(" instead of ");
		print_hex(wanted);
		print("\n");
	}
}

static uint32_t pci_read(uint32_t address)
{
	out32(PCI_ADDRESS, 0x80000000 | address);
	return in32(PCI_DATA);
}

/* BAR 0 of a function of bus 0; decodes memory afterwards. */
static volatile uint32_t *find(uint32_t id)
{
	uint32_t address;

	for (address = 0; address < 32 << 11; address += 1 << 11) {
		if (pci_read(address) == id) {
			out32(PCI_DATA, pci_read(address + 4) | 2);
			return (volatile uint32_t *)(pci_read(address + 16) & ~15u);
		}
	}
	return 0;
}

static void set_gate(int number, char *handler)
{
	idt[number].low = (uint32_t)handler;
	idt[number].cs = 8;
	idt[number].type = 0x8e00;
	idt[number].high = (uint32_t)handler >> 16;
}

static void set_exceptions(void)
{
	struct { uint16_t limit; uint32_t base; } __attribute__((packed)) idtr = {
		sizeof(idt) - 1, (uint32_t)idt,
	};

	set_gate(DB, vector1);
	set_gate(UD, vector6);
	set_gate(GP, vector13);
	set_gate(PF, vector14);
	asm volatile("lidt %0" : : "m"(idtr));
}

/* 4 MiB pages, each to itself; 12 MiB is not there, 16 MiB is read-only. */
static void set_paging(void)
{
	uint32_t i;

	for (i = 0; i < 1024; i++)
		directory[i] = i << 22 | 0x83;
	directory[3] = 0;
	directory[4] &= ~2u;
	asm volatile("mov %0, %%cr3\n"
		     "mov %%cr4, %%eax\n"
		     "or %1, %%eax\n"
		     "mov %%eax, %%cr4\n"
		     "mov %%cr0, %%eax\n"
		     "or %2, %%eax\n"
		     "mov %%eax, %%cr0\n"
		     : : "r"(directory), "i"(CR4_PSE | CR4_OSFXSR), "i"(CR0_PG_WP) : "eax");
}

static uint32_t cpuid(uint32_t leaf, uint32_t sub, int which)
{
	uint32_t r[4];

	asm volatile("cpuid" : "=a"(r[0]), "=b"(r[1]), "=c"(r[2]), "=d"(r[3]) : "a"(leaf), "c"(sub));
	return r[which];
}

/* Code under test */

#define STORE(name, operand, code)					\
static void name(void)							\
{									\
	asm volatile(".byte " code : : "a"(to), "d"(operand) : "memory"); \
}

STORE(do_movdir64b, from, "0x66, 0x0f, 0x38, 0xf8, 0x02")
STORE(do_lock_movdir64b, from, "0xf0, 0x66, 0x0f, 0x38, 0xf8, 0x02")
STORE(do_movdiri, 0x12345678, "0x0f, 0x38, 0xf9, 0x10")
STORE(do_movdiri_register, 0, "0x0f, 0x38, 0xf9, 0xd0")

/* 67: the register is AX, the operand is (BX + SI). */
static void do_movdir64b_16(void)
{
	asm volatile(".byte 0x67, 0x66, 0x0f, 0x38, 0xf8, 0x00"
		     : : "a"(to | 0xabcd0000), "b"(from - 0x10), "S"(0x10) : "memory");
}

/* OF, SF, ZF, AF, PF and CF are set before. */
#define ENQUEUE(name, prefix)						\
static void name(void)							\
{									\
	asm volatile("pushl $0x8d7\n"					\
		     "popfl\n"						\
		     ".byte " prefix ", 0x0f, 0x38, 0xf8, 0x02\n"	\
		     "pushfl\n"						\
		     "popl %0\n"					\
		     : "=m"(flags) : "a"(to), "d"(from) : "memory", "cc"); \
}

ENQUEUE(do_enqcmd, "0xf2")
ENQUEUE(do_enqcmds, "0xf3")

static void do_single_step(void)
{
	asm volatile("pushfl\n"
		     "orl $0x100, (%%esp)\n"
		     "popfl\n"
		     ".byte 0x66, 0x0f, 0x38, 0xf8, 0x02\n"
		     ".globl stepped\n"
		     "stepped: nop\n"
		     "nop\n"
		     : : "a"(to), "d"(from) : "memory", "cc");
}

static void do_wrmsr_pasid(void)
{
	asm volatile("wrmsr" : : "c"(MSR_PASID), "a"(msr_low), "d"(msr_high));
}

static void do_wrmsr_xss(void)
{
	asm volatile("wrmsr" : : "c"(MSR_XSS), "a"(msr_low), "d"(msr_high));
}

static void do_xsaves(void)
{
	asm volatile(".byte 0x0f, 0xc7, 0x2a" : : "a"(~0u), "c"(0), "d"(to), "b"(0) : "memory");
}

static void do_xrstors(void)
{
	asm volatile(".byte 0x0f, 0xc7, 0x1a" : : "a"(~0u), "d"(to) : "memory");
}

static uint32_t rdmsr(uint32_t msr)
{
	uint32_t low, high;

	asm volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
	return high ? ~0u : low;
}

static int set_pasid(uint32_t low)
{
	msr_low = low;
	msr_high = 0;
	return attempt(do_wrmsr_pasid);
}

static int set_xss(uint32_t low)
{
	msr_low = low;
	return attempt(do_wrmsr_xss);
}

static void fill(volatile uint32_t *words, uint32_t first)
{
	uint32_t i;

	for (i = 0; i < 16; i++)
		words[i] = first + i;
}

/* Do 16 words have the values that begin with @first? */
static bool has(const volatile uint32_t *words, uint32_t first)
{
	uint32_t i;

	for (i = 0; i < 16; i++)
		if (words[i] != first + i)
			return false;
	return true;
}

static void test_cpuid(bool there)
{
	check("cpuid movdiri movdir64b enqcmd", cpuid(7, 0, 2) >> 27 & 7, there ? 7 : 0);
	check("cpuid xsaves", cpuid(0xd, 1, 0) >> 3 & 1, there);
	check("cpuid pasid state", cpuid(0xd, 1, 2), there ? 1 << 10 : 0);
	check("cpuid size of pasid state", cpuid(0xd, 10, 0), there ? 8 : 0);
	check("cpuid place of pasid state", cpuid(0xd, 10, 1), 0);
	check("cpuid supervisor state", cpuid(0xd, 10, 2), there);
}

static void test_absent(void)
{
	to = (uint32_t)memory;
	from = (uint32_t)source;
	check("movdir64b is #UD", attempt(do_movdir64b), UD);
	check("movdiri is #UD", attempt(do_movdiri), UD);
	check("enqcmd is #UD", attempt(do_enqcmd), UD);
	check("enqcmds is #UD", attempt(do_enqcmds), UD);
}

static void test_movdir64b(void)
{
	from = (uint32_t)source;
	fill(source, 0x1000);
	to = (uint32_t)portal + 4096 + 128;
	check("movdir64b to a portal", attempt(do_movdir64b), NONE);
	check("movdir64b arrives in one piece", portal[POSTED] << 8 | portal[PIECES], 0x100);
	check("movdir64b offset", portal[OFFSET], 4096 + 128);
	check("movdir64b data", has(&portal[DATA], 0x1000), true);
	to = (uint32_t)memory;
	fill(source, 0x2000);
	check("movdir64b to memory", attempt(do_movdir64b), NONE);
	check("movdir64b data in memory", has(memory, 0x2000), true);
	to = (uint32_t)edu + 0x80;
	fill(source, 0);
	source[0] = 0x1234;
	source[4] = 0x77;
	check("movdir64b to another device", attempt(do_movdir64b), NONE);
	check("movdir64b to its first register", edu[32], 0x1234);
	check("movdir64b to its third register", edu[36], 0x77);
	to = (uint32_t)portal + 4096 + 32;
	check("movdir64b not aligned", attempt(do_movdir64b), GP);
	check("movdir64b error code", error_code, 0);
	to = (uint32_t)portal + 4096;
	check("movdir64b with lock", attempt(do_lock_movdir64b), UD);
	from = 12 << 20;
	check("movdir64b from nowhere", attempt(do_movdir64b), PF);
	from = (12 << 20) - 32;
	check("movdir64b half from nowhere", attempt(do_movdir64b), PF);
	check("movdir64b not done after a fault", portal[POSTED], 1);
	from = (uint32_t)source;
	to = 16 << 20;
	check("movdir64b to a read-only page", attempt(do_movdir64b), PF);
	check("movdir64b error code of that", error_code, 3);
	to = 0x9000;
	from = 0x9100;
	fill((uint32_t *)from, 0x3000);
	check("movdir64b with 16-bit addresses", attempt(do_movdir64b_16), NONE);
	check("movdir64b data of that", has((volatile uint32_t *)0x9000, 0x3000), true);
}

extern char stepped[];

static void test_single_step(void)
{
	uint32_t dr6;

	to = (uint32_t)memory;
	from = (uint32_t)source;
	asm volatile("mov %0, %%dr6" : : "r"(0));
	check("single step", attempt(do_single_step), DB);
	asm volatile("mov %%dr6, %0" : "=r"(dr6));
	check("single step stops behind", fault_eip, (uint32_t)stepped);
	check("single step DR6", dr6 & 0x400f, 0x4000);
}

static void test_movdiri(void)
{
	memory[1] = 0;
	to = (uint32_t)&memory[1];
	check("movdiri to memory", attempt(do_movdiri), NONE);
	check("movdiri data", memory[1], 0x12345678);
	to = (uint32_t)portal + 4096;
	check("movdiri to a portal", attempt(do_movdiri), NONE);
	check("movdiri is an ordinary write", portal[PIECES], 1);
	check("movdiri register", attempt(do_movdiri_register), UD);
}

static void test_pasid_register(void)
{
	check("pasid register at reset", rdmsr(MSR_PASID), 0);
	check("pasid register reserved", set_pasid(1u << 20), GP);
	check("pasid register", set_pasid(0x800fffff), NONE);
	check("pasid register keeps", rdmsr(MSR_PASID), 0x800fffff);
	msr_low = 0;
	msr_high = 1;
	check("pasid register upper half", attempt(do_wrmsr_pasid), GP);
	set_pasid(0);
}

static void test_enqcmd(void)
{
	from = (uint32_t)source;
	to = (uint32_t)portal + 4096 + 64;
	fill(source, 0x4000);
	source[0] = 0;
	set_pasid(0x000fffff);
	check("enqcmd without a valid pasid", attempt(do_enqcmd), GP);
	set_pasid(0x8007abcd);
	portal[ROOM] = 1;
	check("enqcmd", attempt(do_enqcmd), NONE);
	check("enqcmd accepted: flags", flags & 0x8d5, 0);
	check("enqcmd accepted", portal[ACCEPTED] << 8 | portal[RETRIED], 0x100);
	check("enqcmd pasid, no priv", portal[DATA], 0x7abcd);
	check("enqcmd data", portal[DATA + 1] << 16 | portal[DATA + 15], 0x4001400f);
	check("enqcmd full", attempt(do_enqcmd), NONE);
	check("enqcmd full: flags", flags & 0x8d5, 0x40);
	check("enqcmd full: retry", portal[ACCEPTED] << 8 | portal[RETRIED], 0x101);
	source[0] = 1;
	check("enqcmd with a pasid in memory", attempt(do_enqcmd), GP);
	source[0] = 0;
	to += 32;
	check("enqcmd not aligned", attempt(do_enqcmd), GP);
	memory[3] = 0x5555;
	to = (uint32_t)memory;
	check("enqcmd to memory", attempt(do_enqcmd), NONE);
	check("enqcmd to memory: retry", flags & 0x8d5, 0x40);
	check("enqcmd to memory: dropped", memory[3], 0x5555);
	to = (uint32_t)edu + 0x80;
	check("enqcmd to another device", attempt(do_enqcmd), NONE);
	check("enqcmd to another device: retry", flags & 0x8d5, 0x40);
	check("enqcmd to another device: dropped", edu[32], 0x1234);
	to = 12 << 20;
	check("enqcmd to nowhere", attempt(do_enqcmd), PF);
}

static void test_enqcmds(void)
{
	from = (uint32_t)source;
	to = (uint32_t)portal + 4096;
	set_pasid(0);
	portal[ROOM] = 2;
	source[0] = 0x80012345;
	check("enqcmds", attempt(do_enqcmds), NONE);
	check("enqcmds accepted: flags", flags & 0x8d5, 0);
	check("enqcmds pasid and priv", portal[DATA], 0x80012345);
	source[0] = 0x00100000;
	check("enqcmds reserved", attempt(do_enqcmds), GP);
	source[0] = 0;
	portal[ROOM] = 0;
	check("enqcmds full", attempt(do_enqcmds), NONE);
	check("enqcmds full: flags", flags & 0x8d5, 0x40);
}

static void set_xcr0(uint32_t components)
{
	asm volatile("mov %%cr4, %%eax\n"
		     "or %0, %%eax\n"
		     "mov %%eax, %%cr4\n"
		     "xor %%edx, %%edx\n"
		     "mov %1, %%eax\n"
		     "xsetbv\n" : : "i"(CR4_OSXSAVE), "r"(components), "c"(0) : "eax", "edx");
}

/* ST(0) is 1 on top of pi, XMM1 and the upper half of YMM1 have @word. */
static void load_registers(uint32_t word)
{
	value = word;
	asm volatile("fninit\n"
		     "fldpi\n"
		     "fld1\n"
		     "movd %0, %%xmm1\n"
		     "vbroadcastss %%xmm1, %%ymm1\n" : : "m"(value));
}

static void clear_registers(void)
{
	asm volatile("fninit\n"
		     "fldz\n"
		     "vzeroall\n");
}

static uint32_t upper_ymm(void)
{
	uint32_t word;

	asm volatile("vextractf128 $1, %%ymm1, %%xmm2\n"
		     "movd %%xmm2, %0" : "=r"(word));
	return word;
}

static uint32_t lower_ymm(void)
{
	uint32_t word;

	asm volatile("movd %%xmm1, %0" : "=r"(word));
	return word;
}

/* The sum of the two, in hundredths */
static uint32_t x87_sum(void)
{
	uint32_t hundred = 100, sum;

	asm volatile("faddp\n"
		     "fimull %1\n"
		     "fistpl %0\n" : "=m"(sum) : "m"(hundred));
	return sum;
}

static void test_xsaves(void)
{
	to = (uint32_t)area;
	check("xsaves before OSXSAVE", attempt(do_xsaves), UD);
	set_xcr0(7);
	check("xss reserved", set_xss(0x800), GP);
	check("cpuid area without pasid", cpuid(0xd, 1, 1), 832);
	check("xss", set_xss(0x400), NONE);
	check("xss keeps", rdmsr(MSR_XSS), 0x400);
	check("cpuid area with pasid", cpuid(0xd, 1, 1), 840);
	load_registers(0x600df00d);
	set_pasid(0x80000321);
	check("xsaves", attempt(do_xsaves), NONE);
	check("xsaves in use", area[128], 0x407);
	check("xsaves layout", area[130], 0x407);
	check("xsaves compacted", area[131], 0x80000000);
	check("xsaves pasid", area[208], 0x80000321);
	check("xsaves ymm", area[144 + 7], 0x600df00d);
	clear_registers();
	set_pasid(0);
	check("xrstors", attempt(do_xrstors), NONE);
	check("xrstors pasid", rdmsr(MSR_PASID), 0x80000321);
	check("xrstors xmm", lower_ymm(), 0x600df00d);
	check("xrstors ymm", upper_ymm(), 0x600df00d);
	check("xrstors x87", x87_sum(), 414);
	area[208] |= 1 << 20;
	check("xrstors bad pasid", attempt(do_xrstors), GP);
	check("xrstors bad pasid: kept", rdmsr(MSR_PASID), 0x80000321);
	area[128] &= ~0x404u;
	check("xrstors initial state", attempt(do_xrstors), NONE);
	check("xrstors initial pasid", rdmsr(MSR_PASID), 0);
	check("xrstors initial ymm", upper_ymm(), 0);
	check("xrstors x87 again", x87_sum(), 414);
	area[131] = 0;
	check("xrstors of the standard form", attempt(do_xrstors), GP);
	check("xsaves without a pasid", attempt(do_xsaves), NONE);
	check("xsaves pasid not in use", area[128] & 0x400, 0);
	to += 32;
	check("xsaves not aligned", attempt(do_xsaves), GP);
	check("xrstors not aligned", attempt(do_xrstors), GP);
}

/* Says for ever what the registers hold, while the machine is saved and loaded. */
static void wait_with_state(void)
{
	uint32_t i;

	set_xcr0(7);
	set_xss(0x400);
	set_pasid(0x80012345);
	for (;;) {
		print("state ");
		print_hex(rdmsr(MSR_PASID));
		print_hex(rdmsr(MSR_XSS));
		print("\n");
		for (i = 0; i < 1000000; i++)
			asm volatile("pause");
	}
}

void main(void)
{
	portal = find(PORTAL_ID);
	edu = find(EDU_ID);
	set_exceptions();
	set_paging();
	if (portal && !edu)
		wait_with_state();
	test_cpuid(portal);
	if (portal) {
		test_movdir64b();
		test_single_step();
		test_movdiri();
		test_pasid_register();
		test_enqcmd();
		test_enqcmds();
		test_xsaves();
	} else {
		test_absent();
	}
	print("done\n");
	out32(DEBUG_EXIT, 1);
}

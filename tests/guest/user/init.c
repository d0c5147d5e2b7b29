// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * init of the test guest: prepares, runs scenarios, powers off
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "init.h"

#define RUNNER		"/bin/sva-scenario"
#define BUSYBOX		"/bin/busybox"
#define SCRIPT		"/etc/sva-script"
#define INPUT		"/etc/sva-input"
#define EXIT_SETUP	2
#define EXIT_TIME	124
#define KILL_MS		10000
#define KMEMLEAK	"/sys/kernel/debug/kmemleak"
#define LEAK_SCANS	2
#define LEAK_AGE_S	6	/* younger objects are not reported */

static int ctl = STDOUT_FILENO;
static struct {
	char *run;
	char ctl[32];
	bool shell;
	bool script;
	bool nohost;
	bool agent;
	unsigned int timeout_s;
} opt = { .ctl = "ttyS1", .timeout_s = 300 };

void ctl_line(const char *fmt, ...)
{
	char line[1024];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line) - 1, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	if ((size_t)n > sizeof(line) - 2)
		n = sizeof(line) - 2;
	line[n++] = '\n';
	while (write(ctl, line, n) < 0 && errno == EINTR)
		;
}

bool read_line(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return false;
	n = read(fd, buf, size - 1);
	close(fd);
	if (n < 0)
		return false;
	buf[n] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	return true;
}

static void mount_all(void)
{
	static const struct {
		const char *type, *dir;
	} mounts[] = {
		{ "proc",	"/proc" },
		{ "sysfs",	"/sys" },
		{ "devtmpfs",	"/dev" },
		{ "tmpfs",	"/tmp" },
		{ "debugfs",	"/sys/kernel/debug" },
	};

	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		mkdir(mounts[i].dir, 0755);
		/* An error shows when the file is needed. */
		mount(mounts[i].type, mounts[i].dir, mounts[i].type, 0, NULL);
	}
}

static void open_console(void)
{
	int fd = open("/dev/console", O_RDWR);

	if (fd < 0)
		fd = open("/dev/null", O_RDWR);
	for (int i = 0; fd >= 0 && i <= STDERR_FILENO; i++)
		dup2(fd, i);
	if (fd > STDERR_FILENO)
		close(fd);
}

static void parse_cmdline(void)
{
	static char cmdline[4096];
	char *save = NULL, *tok;

	if (!read_line("/proc/cmdline", cmdline, sizeof(cmdline)))
		return;
	for (tok = strtok_r(cmdline, " ", &save); tok;
	     tok = strtok_r(NULL, " ", &save)) {
		if (!strncmp(tok, "sva.run=", 8))
			opt.run = tok + 8;
		else if (!strncmp(tok, "sva.ctl=", 8))
			snprintf(opt.ctl, sizeof(opt.ctl), "%s", tok + 8);
		else if (!strncmp(tok, "sva.timeout=", 12))
			opt.timeout_s = strtoul(tok + 12, NULL, 10);
		else if (!strncmp(tok, "sva.timeout-multiplier=", 23))
			setenv("SVA_TIMEOUT_MULTIPLIER", tok + 23, 1);
		else if (!strcmp(tok, "sva.shell"))
			opt.shell = true;
		else if (!strcmp(tok, "sva.script"))
			opt.script = true;
		else if (!strcmp(tok, "sva.nohost"))
			opt.nohost = true;
		else if (!strcmp(tok, "sva.agent"))
			opt.agent = true;
	}
}

static void open_ctl(void)
{
	struct termios tio;
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/dev/%s", opt.ctl);
	fd = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	/* A port without hardware opens, but cannot be set up. */
	if (fd < 0 || tcgetattr(fd, &tio)) {
		if (fd >= 0)
			close(fd);
		return;
	}
	cfmakeraw(&tio);
	cfsetspeed(&tio, B115200);
	tio.c_cflag |= CLOCAL;
	tio.c_cc[VMIN] = 1;
	tio.c_cc[VTIME] = 0;
	if (tcsetattr(fd, TCSANOW, &tio)) {
		close(fd);
		return;
	}
	ctl = fd;
}

static void hello(void)
{
	static char cmdline[4096];
	struct utsname uts;

	uname(&uts);
	ctl_line("@hello 1 %s %s", uts.machine, uts.release);
	ctl_line("@fact kernel.release %s", uts.release);
	ctl_line("@fact kernel.version %s", uts.version);
	if (read_line("/proc/cmdline", cmdline, sizeof(cmdline)))
		ctl_line("@fact kernel.cmdline %s", cmdline);
	ctl_line("@fact kernel.cpus %ld", sysconf(_SC_NPROCESSORS_ONLN));
}

/* Waits for one process, reaps all; false: timeout. */
static bool wait_for(pid_t pid, unsigned int ms, int *status)
{
	struct timespec tick = { 0, 10000000 };
	unsigned int slept = 0;
	pid_t done;
	int st;

	for (;;) {
		while ((done = waitpid(-1, &st, WNOHANG)) > 0) {
			if (done != pid)
				continue;
			*status = WIFEXITED(st) ? WEXITSTATUS(st) :
						  128 + WTERMSIG(st);
			return true;
		}
		if (slept >= ms)
			return false;
		nanosleep(&tick, NULL);
		slept += 10;
	}
}

/* It alone reads the control channel: for machines without a host that answers. */
static void start_agent(void)
{
	char *argv[] = { RUNNER, "--agent", NULL };

	if (fork())
		return;
	dup2(ctl, STDIN_FILENO);
	dup2(ctl, STDOUT_FILENO);
	execv(RUNNER, argv);
	ctl_line("@error cannot run %s: %s", RUNNER, strerror(errno));
	_exit(EXIT_SETUP);
}

static int run_scenario(char *name)
{
	char *argv[] = { RUNNER, "--host", name, NULL };
	int status;
	pid_t pid;

	if (opt.nohost) {
		argv[1] = name;
		argv[2] = NULL;
	}
	pid = fork();
	if (!pid) {
		setpgid(0, 0);
		dup2(ctl, STDIN_FILENO);
		dup2(ctl, STDOUT_FILENO);
		execv(RUNNER, argv);
		ctl_line("@error cannot run %s: %s", RUNNER, strerror(errno));
		_exit(EXIT_SETUP);
	}
	if (pid < 0) {
		ctl_line("@error fork: %s", strerror(errno));
		return EXIT_SETUP;
	}
	if (wait_for(pid, opt.timeout_s * 1000, &status))
		return status;

	ctl_line("@error took longer than %u s", opt.timeout_s);
	kill(-pid, SIGKILL);
	if (!wait_for(pid, KILL_MS, &status))
		ctl_line("@error cannot be killed, it hangs in the kernel");
	return EXIT_TIME;
}

/* What a scenario needs of the machine. */
enum need { NEED_NOTHING, NEED_DRIVER, NEED_SVA };

static enum need scenario_need(const char *name)
{
	static const struct {
		const char *name;
		enum need need;
	} modest[] = {
		{ "dma",	NEED_NOTHING },
		{ "plain-dma",	NEED_DRIVER },
		{ "no-bind",	NEED_DRIVER },
	};
	size_t len = strcspn(name, ",+");

	/* These set up the device and its driver, idxd, themselves. */
	if (!strncmp(name, "dsa-", 4))
		return NEED_NOTHING;
	for (size_t i = 0; i < sizeof(modest) / sizeof(modest[0]); i++)
		if (strlen(modest[i].name) == len &&
		    !strncmp(name, modest[i].name, len))
			return modest[i].need;
	return NEED_SVA;
}

/* The most that one of the scenarios needs. */
static enum need needs(void)
{
	enum need need = opt.shell || opt.script ? NEED_SVA : NEED_NOTHING, one;
	const char *name = opt.run;

	while (name && *name) {
		one = scenario_need(name);
		need = one > need ? one : need;
		name = strchr(name, '+');
		name += !!name;
	}
	return need;
}

static void run_all(enum need have, const char *error)
{
	char *save = NULL, *name;
	int status;

	for (name = strtok_r(opt.run, "+", &save); name;
	     name = strtok_r(NULL, "+", &save)) {
		ctl_line("@begin %s", name);
		if (scenario_need(name) <= have) {
			status = run_scenario(name);
		} else {
			ctl_line("@error %s", error);
			status = EXIT_SETUP;
		}
		name[strcspn(name, ",")] = '\0';
		ctl_line("@end %s %d", name, status);
	}
}

/* Scans for memory leaks if the kernel can; the report goes to the console. */
static void report_leaks(void)
{
	int fd = open(KMEMLEAK, O_RDWR | O_CLOEXEC);
	static char text[4096];
	ssize_t n;

	if (fd < 0)
		return;
	sleep(LEAK_AGE_S);
	/* The first scan only takes checksums: objects that change are in use. */
	for (int i = 0; i < LEAK_SCANS; i++)
		if (write(fd, "scan", 4) != 4)
			ctl_line("@error " KMEMLEAK ": %s", strerror(errno));
	for (int i = 0; i < 8 && (n = read(fd, text, sizeof(text))) > 0; i++)
		if (write(STDERR_FILENO, text, n) != n)
			break;
	close(fd);
}

/* The console as a terminal: /dev/console cannot be a controlling one. */
static void take_terminal(void)
{
	char tty[64] = "console", path[80];
	const char *last;
	int fd;

	if (read_line("/sys/class/tty/console/active", tty, sizeof(tty))) {
		last = strrchr(tty, ' ');
		snprintf(path, sizeof(path), "/dev/%s", last ? last + 1 : tty);
	} else {
		snprintf(path, sizeof(path), "/dev/console");
	}
	setsid();
	fd = open(path, O_RDWR);
	for (int i = 0; fd >= 0 && i <= STDERR_FILENO; i++)
		dup2(fd, i);
	ioctl(STDIN_FILENO, TIOCSCTTY, 1);
}

/* Runs argv on the terminal, with input from a file if there is one. */
static int on_terminal(char *const argv[], const char *input)
{
	int fd, status = 127;
	pid_t pid;

	if (access(BUSYBOX, X_OK)) {
		dprintf(STDERR_FILENO, "no shell: %s is missing\n", BUSYBOX);
		return status;
	}
	pid = fork();
	if (!pid) {
		take_terminal();
		fd = input ? open(input, O_RDONLY) : -1;
		if (fd >= 0)
			dup2(fd, STDIN_FILENO);
		execv(BUSYBOX, argv);
		_exit(127);
	}
	while (pid > 0 && !wait_for(pid, 1000, &status))
		;
	return status;
}

static void shell(void)
{
	char *argv[] = { "sh", "-c", BUSYBOX " --install -s /bin; "
			 "echo 'sva-scenario NAME runs a scenario, "
			 "exit powers off'; exec sh", NULL };

	on_terminal(argv, NULL);
}

/* What the host has put into the archive: a script, or only input of a shell. */
static void run_script(void)
{
	char *argv[] = { "sh", access(SCRIPT, R_OK) ? NULL : SCRIPT, NULL };

	ctl_line("@exit %d", on_terminal(argv, INPUT));
}

int main(void)
{
	enum need want, have = NEED_NOTHING;
	char error[384] = "";

	mount_all();
	open_console();
	setenv("PATH", "/bin:/sbin:/usr/bin:/usr/sbin", 1);
	setenv("HOME", "/", 1);
	parse_cmdline();
	open_ctl();
	hello();

	if (!load_module_list("/etc/sva-modules", error, sizeof(error)))
		ctl_line("@error %s", error);
	want = needs();
	if (want == NEED_DRIVER ? check_driver(error, sizeof(error)) :
	    want == NEED_SVA && check_device(error, sizeof(error))) {
		have = want;
	} else if (want > NEED_NOTHING) {
		ctl_line("@error %s", error);
		dprintf(STDERR_FILENO, "init: %s\n", error);
	}
	if (opt.agent && opt.nohost)
		start_agent();
	if (opt.run) {
		run_all(have, error);
		report_leaks();
	}
	if (opt.script)
		run_script();
	else if (opt.shell || !opt.run)
		shell();
	ctl_line("@bye");

	tcdrain(ctl);
	sync();
	reboot(RB_POWER_OFF);
	reboot(RB_HALT_SYSTEM);
	for (;;)
		pause();
}

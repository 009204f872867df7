/* A decoder for tests. It knows the format of no card: it makes a bitmap of 102 x 126 whose first dot is the photo's first three bytes. */
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static unsigned char photo[1024], bitmap[38862];

static void put(int at, unsigned value) {
	for (int i = 0; i < 4; i++) bitmap[at + i] = value >> 8 * i;
}

static void draw(void) {
	memcpy(bitmap, "BM", 2);
	put(2, sizeof bitmap); put(10, 54); put(14, 40); put(18, 102); put(22, 126);
	bitmap[26] = 1; bitmap[28] = 24;
	memcpy(bitmap + sizeof bitmap - 308, photo, 3);
}

static void say(const void *what, size_t n) {
	for (const char *p = what; n > 0;) {
		ssize_t put = write(1, p, n);
		if (put <= 0) exit(3);
		p += put; n -= put;
	}
}

int main(int argc, char **argv) {
	const char *way = argc > 1 ? argv[1] : "";
	if (!strcmp(way, "deaf")) { draw(); say(bitmap, sizeof bitmap); return 0; }
	size_t have = 0;
	for (ssize_t n; have < sizeof photo && (n = read(0, photo + have, sizeof photo - have)) > 0;) have += n;
	if (have != sizeof photo) return 2;
	draw();
	if (!strcmp(way, "hang") || !strcmp(way, "family")) {
		if (!strcmp(way, "family") && fork() == 0) {
			if (setsid() >= 0 || setpgid(0, 0) == 0) return 4;
			int f = open(argv[2], O_RDWR); /* it holds the lock for as long as it lives */
			struct flock lock = {.l_type = F_WRLCK};
			if (f < 0 || fcntl(f, F_SETLK, &lock)) return 5;
			for (;;) pause();
		}
		for (;;) pause();
	}
	if (!strcmp(way, "leaves") && fork() == 0) for (;;) pause(); /* it holds the pipe */
	if (!strcmp(way, "crash")) abort();
	if (!strcmp(way, "fail")) { fprintf(stderr, "%.8s", (char *)photo); return 7; }
	if (!strcmp(way, "flood")) for (;;) say(bitmap, sizeof bitmap);
	if (!strcmp(way, "nothing")) return 0;
	if (!strcmp(way, "half")) { say(bitmap, sizeof bitmap / 2); return 0; }
	if (!strcmp(way, "noise")) { say(photo, sizeof photo); return 0; }
	if (!strcmp(way, "huge")) { put(18, 60000); put(22, 60000); say(bitmap, sizeof bitmap); return 0; }
	if (!strcmp(way, "memory")) {
		for (size_t all = 0; all < (1ul << 30); all += 1 << 20) {
			char *m = malloc(1 << 20);
			if (!m) return 8;
			memset(m, 1, 1 << 20);
		}
	}
	if (!strcmp(way, "network") && (socket(AF_INET, SOCK_STREAM, 0) < 0 || socket(AF_UNIX, SOCK_STREAM, 0) < 0)) return 9;
	if (!strcmp(way, "disk")) {
		int f = open(argv[2], O_CREAT | O_WRONLY, 0600);
		if (f < 0 || write(f, photo, sizeof photo) != sizeof photo) return 10;
	}
	say(bitmap, sizeof bitmap);
	return 0;
}

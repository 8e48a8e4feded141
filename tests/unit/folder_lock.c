/* One run at a time in a folder: whoever comes second is told who is there; what a killed run leaves behind
 * locks nothing. The other run is a child process: a process does not keep itself out. */
#include "check.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "md/folder_lock.h"

static char folder[] = "/tmp/vitrum-lock-XXXXXX", path[64];

/* A process that holds the folder until it is killed. */
static pid_t holder(void)
{
    int ready[2];
    char word = 0;
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        word = vt_folder_lock(folder, false) == VT_OK ? 'y' : 'n';
        if (write(ready[1], &word, 1) != 1) _exit(1);
        for (;;) pause();
    }
    assert_int_equal(read(ready[0], &word, 1), 1);
    assert_int_equal(word, 'y');
    close(ready[0]), close(ready[1]);
    return child;
}

static void end(pid_t child)
{
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}

static void a_folder_in_use_is_refused_with_the_name_of_its_user(void **state)
{
    (void)state;
    pid_t child = holder();
    char process[32];
    snprintf(process, sizeof process, "process %d on ", (int)child);
    for (int look = 0; look < 4; look++) {
        assert_int_equal(vt_folder_lock(folder, look % 2), VT_EINPUT);
        assert_non_null(strstr(vt_message(), folder));
        assert_non_null(strstr(vt_message(), process));
        vt_folder_unlock(); /* which is not ours to give back */
    }
    assert_int_equal(access(path, F_OK), 0);
    end(child);
}

static void a_killed_run_leaves_no_lock(void **state)
{
    (void)state;
    end(holder());
    assert_int_equal(access(path, F_OK), 0); /* only its file */
    assert_int_equal(vt_folder_lock(folder, true), VT_OK);
    assert_int_equal(vt_folder_lock(folder, false), VT_OK);
    vt_folder_unlock();
    assert_true(access(path, F_OK) != 0);
    end(holder());
}

static void looking_makes_nothing(void **state)
{
    (void)state;
    unlink(path);
    assert_int_equal(vt_folder_lock(folder, true), VT_OK);
    assert_true(access(path, F_OK) != 0);
    assert_int_equal(vt_folder_lock("/tmp/no such folder", true), VT_OK);
    assert_int_equal(vt_folder_lock("/tmp/no such folder", false), VT_EWORLD);
}

/* Opening and closing other files of the folder does not give the lock up. */
static void the_lock_outlives_other_files(void **state)
{
    (void)state;
    assert_int_equal(vt_folder_lock(folder, false), VT_OK);
    char other[80];
    snprintf(other, sizeof other, "%s/results.h5", folder);
    FILE *file = fopen(other, "w");
    assert_non_null(file);
    fclose(file);
    unlink(other);
    pid_t child = fork(); /* has no part in the lock, and asks as another run would */
    if (child == 0) {
        struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
        int lock = open(path, O_RDWR);
        _exit(lock < 0 || fcntl(lock, F_GETLK, &whole) || whole.l_type != F_WRLCK ||
              whole.l_pid != getppid());
    }
    int status;
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
    vt_folder_unlock();
}

static int make(void **state)
{
    (void)state;
    if (!mkdtemp(folder)) return -1;
    snprintf(path, sizeof path, "%s/.vitrum-lock", folder);
    return 0;
}

static int clear(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_folder_in_use_is_refused_with_the_name_of_its_user),
        cmocka_unit_test(a_killed_run_leaves_no_lock),
        cmocka_unit_test(looking_makes_nothing),
        cmocka_unit_test(the_lock_outlives_other_files),
    };
    return cmocka_run_group_tests(tests, make, clear);
}

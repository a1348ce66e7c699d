"""How the web server runs; gunicorn reads this file by itself, its command line goes first."""

import os

bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 8
# Loaded once, in the master: it holds the embedded database as long as any worker lives.
preload_app = True
# Heartbeats of workers in memory: a slow disk is no reason to kill one.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: PTH112, S108
# No access log: addresses carry the tokens of invitations. The proxy in front keeps one.
accesslog = None
# It would listen on a socket in the home folder; nobody asks it anything.
control_socket_disable = True

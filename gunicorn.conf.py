"""How the web server runs; gunicorn reads this file by itself, its command line goes first."""

import os

bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 8
# Loaded once, in the master: it holds the embedded database as long as any worker lives.
preload_app = True
# No access log: addresses carry the tokens of invitations. The proxy in front keeps one.
accesslog = None
# It would listen on a socket in the home folder; nobody asks it anything.
control_socket_disable = True

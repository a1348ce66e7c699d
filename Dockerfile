FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
RUN useradd --system --no-create-home portal
WORKDIR /srv/portal

COPY requirements.txt .
RUN pip install --no-cache-dir --disable-pip-version-check -r requirements.txt

COPY . .
# Needs no setting: what it makes for itself is thrown away.
RUN VAR_DIR=/tmp/build python manage.py collectstatic --no-input && rm -r /tmp/build

# The code stays root's: the portal cannot change itself.
USER portal
EXPOSE 8000
CMD ["gunicorn", "dm_portal.wsgi", "--bind", "0.0.0.0:8000"]

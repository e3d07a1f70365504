# The product as an image for docker-compose.yml: one image, three roles (web, worker, scheduler).
FROM python:3.11.13-slim-bookworm

ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    WORKBENCH_DATA=/data

RUN useradd --system --uid 10001 --create-home workbench \
    && install --directory --owner=workbench --group=workbench --mode=0700 /data

WORKDIR /app
COPY requirements.txt ./
RUN pip install --require-hashes --requirement requirements.txt
COPY manage.py ./
COPY workbench ./workbench
COPY reviews ./reviews
COPY fixtures ./fixtures

USER workbench
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "workbench.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", "--threads", "4", "--access-logfile", "-", "--no-control-socket"]

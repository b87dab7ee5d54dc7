# Stepladder's worker, with its workflows bundled. Temporal's native parts need glibc: no Alpine.

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY bin bin
COPY scripts scripts
COPY certificates certificates
COPY deploy deploy
COPY eks-api eks-api
COPY elb-api elb-api
COPY iam-api iam-api
COPY lab lab
COPY scenario scenario
COPY simulator simulator
COPY src src
RUN npm run build && npm prune --omit=dev

FROM node:24-bookworm-slim
# The native part reads the system's certificates when it reaches a Temporal server over TLS.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY LICENSE package.json ./
COPY --from=build /app/bin bin
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
# Folders that volumes are mounted on belong to whoever owns them in the image.
RUN install --directory --owner=node --group=node --mode=0700 /var/lib/stepladder /run/stepladder
ENV NODE_ENV=production \
    STEPLADDER_EVIDENCE=/var/lib/stepladder/evidence
USER node
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=4 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:9090/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "bin/stepladder.js"]
CMD ["worker", "--health-port", "9090"]

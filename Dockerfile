# Two stages: one with the compilers that sqlite3 may need, and a small one that runs.
ARG NODE_VERSION=24

FROM node:${NODE_VERSION}-bookworm AS build
WORKDIR /src
# Node's headers are part of the image: where no ready-made sqlite3 is to be had, it is compiled without fetching any.
ENV npm_config_nodedir=/usr/local
COPY package.json package-lock.json .npmrc Makefile ./
# The folders that the Makefile looks into, still empty: so that a changed source does not install everything anew.
RUN mkdir bin lib spec && make node_modules/.installed
COPY tsconfig.json rolldown.config.js ./
COPY bin bin
COPY lib lib
RUN make build \
 && npm prune --omit=dev \
 && chmod +x dist/bin/*.js \
 && cd node_modules/sqlite3 \
 && rm -rf deps src build/Release/obj build/Release/obj.target build/Release/*.a

FROM node:${NODE_VERSION}-bookworm-slim
ARG VERSION=0.0.0
LABEL org.opencontainers.image.title="goodall" \
      org.opencontainers.image.description="statsd with a memory, in one process" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}"
WORKDIR /opt/goodall
COPY package.json LICENSE ./
COPY --from=build /src/node_modules node_modules
COPY --from=build /src/dist dist
RUN install -d -o node -g node /var/lib/goodall \
 && for program in goodall goodall-probe goodall-report; do \
      ln -s "/opt/goodall/dist/bin/$program.js" "/usr/local/bin/$program"; \
    done

# Loopback inside a container reaches nobody. Whom the two reach outside is for the ports that are published to say:
# the console can delete, so publish it to 127.0.0.1 if at all.
ENV NODE_ENV=production \
    GOODALL_DB=/var/lib/goodall/goodall.db \
    GOODALL_HTTP_ADDRESS=0.0.0.0 \
    GOODALL_MGMT_ADDRESS=0.0.0.0
EXPOSE 8125/udp 8126/tcp 8080/tcp
VOLUME /var/lib/goodall
# By number, so that an orchestrator can see that it is not root.
USER 1000:1000
HEALTHCHECK --interval=30s --timeout=5s --start-period=15s --retries=3 \
  CMD ["node", "-e", "require('http').get({ host: '127.0.0.1', port: process.env.GOODALL_HTTP_PORT || 8080, path: '/healthz' }, (r) => process.exit(r.statusCode === 200 ? 0 : 1)).on('error', () => process.exit(1))"]
ENTRYPOINT ["goodall"]

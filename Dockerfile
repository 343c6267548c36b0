# Build: everything npm knows, TypeScript to JavaScript.
FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# Without the step that builds the console: its sources are not here yet.
RUN npm pkg delete scripts.prepare && npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY shared ./shared
COPY server ./server
COPY templates ./templates
COPY console ./console
# tsc emits what is imported (brand.json too); what is read at run time is copied beside it.
RUN npx tsc -p tsconfig.build.json \
 && cp server/keybank.js dist/server/ \
 && chmod 755 dist/server/keybank.js \
 && for engine in mysql postgres; do cp -r "server/store/$engine/migrations" "dist/server/store/$engine/"; done \
 && cp -r templates/compiled templates/*.txt templates/*.png templates/*.sample.json dist/templates/ \
 && npx tsx console/build.ts \
 && mkdir dist/console && mv console/dist dist/console/dist

# Run: production dependencies, the compiled program, and an account that may write to /data only.
FROM node:22-bookworm-slim
ENV NODE_ENV=production \
    KEYBANK_HOST=0.0.0.0 \
    KEYBANK_PORT=8080 \
    KEYBANK_DATA_DIR=/data
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm pkg delete scripts.prepare \
 && npm ci --omit=dev --no-audit --no-fund \
 && npm cache clean --force
COPY LICENSE ./
COPY --from=build /app/dist ./dist
RUN ln -s /app/dist/server/keybank.js /usr/local/bin/keybank \
 && install -d -o node -g node -m 0700 /data
USER node
VOLUME /data
EXPOSE 8080
# Vends under way commit, mails under way get 15 seconds: give it 30 before a kill.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.KEYBANK_PORT}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/dist/server/keybank.js"]
CMD ["serve"]

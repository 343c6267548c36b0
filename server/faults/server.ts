export const SERVER_FAULTS = {
  'body.not_json': {
    status: 'UNSUPPORTED_MEDIA_TYPE',
    sentence:
      'Procedures take JSON alone; this body was not read. Send it with the content type application/json.',
  },
  'body.too_large': {
    status: 'PAYLOAD_TOO_LARGE',
    sentence:
      'The body has more than {limit} MiB, the most that is read here; nothing was done. Send less at once. A list of keys may have {importLimit} MiB where keys.import is alone in its request, and any length on the server: npx keybank keys import FILE --sku SKU',
  },
  'store.changed': {
    status: 'CONFLICT',
    sentence:
      'Somebody changed the same thing at the same moment. Look again, and repeat it if it is still needed.',
  },
  'store.away': {
    status: 'SERVICE_UNAVAILABLE',
    sentence: 'The database does not answer right now. Look again in a moment whether it was done.',
  },
  'server.fault': {
    status: 'INTERNAL_SERVER_ERROR',
    sentence: 'Something went wrong here. The log of the server has it as http.fault for {path}.',
  },
} as const;

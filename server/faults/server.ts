export const SERVER_FAULTS = {
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

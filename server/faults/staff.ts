export const STAFF_FAULTS = {
  'session.not_from_here': {
    status: 'FORBIDDEN',
    sentence:
      'The session is right, but this request does not come from a page of this server: its header x-keybank-csrf is missing or another one. Reload the page. Scripts send a staff token instead of a cookie.',
  },
  'session.over': {
    status: 'UNAUTHORIZED',
    sentence: 'The session is over. Sign in again with your staff token.',
  },
  'staff.too_many': {
    status: 'TOO_MANY_REQUESTS',
    sentence:
      'Too many wrong staff tokens came from this network. Try again in {seconds} s; a token that was right within the last hour works meanwhile.',
  },
  'staff.unknown': {
    status: 'UNAUTHORIZED',
    sentence:
      'The staff token is missing or unknown. Send it as "authorization: Bearer <token>". An admin makes you one (npx keybank staff add NAME --role ROLE); the admin\'s own is in the file staff-token of the data folder, or in KEYBANK_STAFF_TOKEN.',
  },
  'staff.not_allowed': {
    status: 'FORBIDDEN',
    sentence: 'The role {role} may not do this ({right}). Ask an admin.',
  },
  'staff.beyond_you': {
    status: 'FORBIDDEN',
    sentence:
      'This is about rights that you have not got yourself ({rights}); nothing was changed. Ask an admin, or somebody who has the command line: npx keybank staff --help',
  },
  'staff.name_taken': {
    status: 'CONFLICT',
    sentence:
      'staff:{staffId} has this name already; nobody was added. Take another name, or make a new token for the one who is there: npx keybank staff renew {staffId}',
  },
  'staff.revoked': {
    status: 'CONFLICT',
    sentence:
      'staff:{staffId} was revoked, which is for good; nothing was changed. Add the person anew: npx keybank staff add NAME --role ROLE',
  },
  'staff.last_admin': {
    status: 'CONFLICT',
    sentence:
      'staff:{staffId} is the last admin; nothing was changed. Make another one first: npx keybank staff add NAME --role admin, or staff change NAME --role admin.',
  },
  'member.unknown': {
    status: 'NOT_FOUND',
    sentence: 'There is no member of staff with the id {staffId}. npx keybank staff list shows them all.',
  },
  'name.invalid': {
    status: 'BAD_REQUEST',
    sentence:
      'A member of staff has a name of 1 to {limit} characters, in one line and more than a number. Nobody was added.',
  },
  'reason.missing': {
    status: 'BAD_REQUEST',
    sentence: 'A reason is required, up to {limit} characters; it is kept in the audit trail.',
  },
} as const;

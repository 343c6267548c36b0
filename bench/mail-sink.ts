import { SMTPServer } from 'smtp-server';

// An SMTP server in a process of its own, so that the senders compared do not share its core. It reads every mail to
// its end, counts, and forgets.

let mails = 0;
const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS', 'AUTH'],
  logger: false,
  onData(stream, _session, done) {
    stream.on('data', () => {});
    stream.on('end', () => {
      mails += 1;
      done();
    });
  },
});
server.on('error', () => {});
server.listen(0, '127.0.0.1', () => {
  const address = server.server.address();
  process.send?.({ port: typeof address === 'object' && address ? address.port : 0 });
});
process.on('message', () => process.send?.({ mails }));
process.on('disconnect', () => process.exit());

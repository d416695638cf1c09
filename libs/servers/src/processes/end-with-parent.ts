/**
 * Preloaded into our services (`node --import`), which are sessions of their own and would otherwise live on when
 * their supervisor is killed with `kill -9`. The channel to the parent closes then, and the service ends in order.
 */
const PATIENCE_MS = 10_000;

process.on('disconnect', () => {
  setTimeout(() => process.exit(1), PATIENCE_MS).unref();
  process.kill(process.pid, 'SIGTERM');
});
// Listening must not keep a service alive that has nothing left to do.
process.channel?.unref();

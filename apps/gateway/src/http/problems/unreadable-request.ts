import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { problem } from './problem.js';
import { PROBLEM_TYPE, problemDocument } from './problem-document.js';

/** What came is not HTTP, or did not come in time: the parser gave up, so the answer is written by hand. */
export function answerUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const body = JSON.stringify(problemDocument(problem('BAD_REQUEST'), '', randomUUID()));
  socket.end(
    `HTTP/1.1 400 Bad Request\r\nContent-Type: ${PROBLEM_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
      `Connection: close\r\n\r\n${body}`,
  );
}

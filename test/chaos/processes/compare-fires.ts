import 'reflect-metadata';
import { parentPort } from 'node:worker_threads';
import { compareFires } from '../fires/compare-fires.js';
import type { Case } from '../fires/cron-rule.js';
import { showOnce } from '../fires/shown-once.js';

/** A thread that compares the cases that it is sent, and answers each message with what it found. */
showOnce();
parentPort?.on('message', (cases: readonly Case[]) => parentPort?.postMessage(compareFires(cases)));

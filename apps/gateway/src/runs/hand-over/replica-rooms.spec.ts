import { beforeEach, expect, it } from 'vitest';
import { ReplicaRooms } from './replica-rooms.js';

let now: number;
let rooms: ReplicaRooms;

beforeEach(() => {
  now = 1_000;
  rooms = new ReplicaRooms(() => now);
});

it('Nobody is given anything who did not say that there is room', () => {
  expect(rooms.take(1)).toBeUndefined();
  rooms.hear({ owner: 'a', room: 0 });
  expect(rooms.take(1)).toBeUndefined();
});

it('Room is used up until the replica says how much there is now', () => {
  rooms.hear({ owner: 'a', room: 3 });
  expect(rooms.take(2)).toEqual({ owner: 'a', count: 2 });
  expect(rooms.take(2)).toEqual({ owner: 'a', count: 1 });
  expect(rooms.take(2)).toBeUndefined();
  rooms.hear({ owner: 'a', room: 5 });
  expect(rooms.take(2)).toEqual({ owner: 'a', count: 2 });
});

it('Whoever has most is next, so that several replicas share', () => {
  rooms.hear({ owner: 'a', room: 10 });
  rooms.hear({ owner: 'b', room: 11 });
  expect([4, 4, 4, 4].map((count) => rooms.take(count)?.owner)).toEqual(['b', 'a', 'b', 'a']);
});

it('A replica that fell silent is given no more', () => {
  rooms.hear({ owner: 'a', room: 10 });
  now += 2_500;
  expect(rooms.take(1)?.owner).toBe('a');
  now += 1;
  expect(rooms.take(1)).toBeUndefined();
});

it('Replicas that nobody runs use no memory', () => {
  for (let i = 0; i < 2_000; i++) rooms.hear({ owner: `${i}`, room: 1 });
  for (let i = 0; i < 1_000; i++) expect(rooms.take(1)).toBeDefined();
  expect(rooms.take(1)).toBeUndefined();
});

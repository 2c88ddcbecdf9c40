import type { Socket } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { http } from './servers.ts';
import { createBench } from './support.ts';

const { outcomeOf } = createBench();

describe('uncertain', () => {
  const half = '{"messaging_product":"whatsapp","messages":[{"id":"wam';
  const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;

  test.each<[string, string, string | ((s: Socket) => void)]>([
    ['unreadable-success', 'half a JSON', http(200, half)],
    ['unreadable-success', 'half a JSON up to the close', `HTTP/1.1 200 OK\r\n\r\n${half}`],
    ['unreadable-success', 'JSON without an id', http(200, { success: true })],
    ['unreadable-success', 'an empty list of messages', http(200, { messages: [] })],
    ['unreadable-success', 'an empty id', http(200, { messages: [{ id: '' }] })],
    ['unreadable-success', 'an id of blanks', http(200, { messages: [{ id: ' \t ' }] })],
    ['unreadable-success', 'HTML', http(200, '<html>hello</html>')],
    ['unreadable-success', 'nothing', http(204, '')],
    ['unreadable-success', 'a body beyond 1 MB', http(200, ' '.repeat(1_100_000))],
    ['server-error', '502 with HTML', http(502, '<html>Bad Gateway</html>')],
    [
      'server-error',
      '503 with JSON of a gateway',
      http(503, { error: { code: 503, message: 'Unavailable' } }),
    ],
    ['server-error', '504 with an error that is a text', http(504, { error: 'timeout' })],
    ['server-error', '500 with an error of no code', http(500, { error: { message: 'oops' } })],
    ['server-error', '404 with HTML', http(404, '<html>nothing here</html>')],
    ['server-error', '429 of a proxy', http(429, 'slow down')],
    [
      'server-error',
      'a redirect, which is not followed',
      http(307, '', { location: '/elsewhere' }),
    ],
    ['connection-lost', 'a silent reset', (s) => void s.resetAndDestroy()],
    ['connection-lost', 'a silent close', (s) => void s.end()],
    [
      'connection-lost',
      'a reset in the head',
      (s) => s.write('HTTP/1.1 200 OK\r\ncontent-', () => s.resetAndDestroy()),
    ],
    ['connection-lost', 'a cut body', http(200, half, { 'content-length': 5_000 })],
    [
      'connection-lost',
      'a cut chunked body',
      `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${chunk(half)}`,
    ],
    ['connection-lost', 'no HTTP at all', 'SSH-2.0-OpenSSH_9.2\r\n'],
    [
      'connection-lost',
      '100 Continue that nobody asked for',
      `HTTP/1.1 100 Continue\r\n\r\n${http(200, half)}`,
    ],
  ])('%s: %s', async (cause, _what, answer) => {
    expect(await outcomeOf(answer)).toEqual({
      kind: 'uncertain',
      cause,
      detail: expect.stringMatching(/^(HTTP \d{3} |the connection ended )/),
    });
  });

  test.each<[string, (s: Socket) => void]>([
    ['no answer', () => undefined],
    ['half a head', (s) => void s.write('HTTP/1.1 200 OK\r\n')],
    ['half a body', (s) => void s.write(http(200, half, { 'content-length': 500 }))],
  ])('timeout: %s', async (_what, answer) => {
    expect(await outcomeOf(answer, { requestTimeoutMs: 150 })).toEqual({
      kind: 'uncertain',
      cause: 'timeout',
      detail: 'no answer within 150 ms',
    });
  });
});

/** Whatever the command line takes of a list or a request, the HTTP API takes too. */
import { describe, expect, it } from '@jest/globals';
import type { Command } from 'commander';
import { createProgram } from '../../src/cli/run/program.ts';
import { newCampaign, uploadQuery } from '../../src/http/list-schemas.ts';
import { retryBody } from '../../src/http/operator-schemas.ts';
import { newRequest, waitQuery } from '../../src/http/request-schemas.ts';
import { exportQuery, idempotencyHeader } from '../../src/http/schemas.ts';
import { remembering } from '../cli/support.ts';

const program = createProgram(remembering().cli);

function optionsOf(...names: readonly string[]): readonly string[] {
  const command = names.reduce<Command | undefined>(
    (at, name) => at?.commands.find((one) => one.name() === name),
    program,
  );
  return (command?.options ?? []).map((option) => option.attributeName());
}

/** Of the command line only: what is printed, and how a file is read that over HTTP is a body with its type. */
const SCREEN = new Set(['json', 'format', 'refused', 'output']);
/** Those that have another name in a body. */
const NAMES: Readonly<Record<string, string>> = { idempotencyKey: 'idempotency-key' };
const REQUEST_NAMES: Readonly<Record<string, string>> = {
  ...NAMES,
  ...{ param: 'parameters', expireAt: 'notAfter' },
};

describe('each option of', () => {
  it('enqueue is one of POST /v1/campaigns', () => {
    const taken = { ...newCampaign.shape, ...idempotencyHeader.shape };
    const options = optionsOf('enqueue').filter((name) => !SCREEN.has(name));
    expect(options.length).toBeGreaterThan(20);
    expect(options.filter((name) => !((NAMES[name] ?? name) in taken))).toEqual([]);
  });

  it('enqueue that is of the list is one of its upload', () => {
    const ofTheList = ['strict', 'dryRun', 'again', 'defaultCountry', 'numbers', 'map'];
    expect(Object.keys(uploadQuery.shape).sort()).toEqual([...ofTheList, 'ignoreColumns'].sort());
  });

  it('request is one of POST /v1/requests', () => {
    const taken = { ...newRequest.shape, ...waitQuery.shape, ...idempotencyHeader.shape };
    const options = optionsOf('request').filter((name) => !SCREEN.has(name));
    expect(options.length).toBeGreaterThan(10);
    expect(options.filter((name) => !((REQUEST_NAMES[name] ?? name) in taken))).toEqual([]);
  });

  it('campaign retry and export is one of theirs', () => {
    const retry = optionsOf('campaign', 'retry').filter((name) => name !== 'json');
    expect(retry.sort()).toEqual(Object.keys(retryBody.shape).sort());
    const exports = optionsOf('export').filter((name) => name !== 'json' && name !== 'output');
    expect(exports.sort()).toEqual(Object.keys(exportQuery.shape).sort());
  });
});

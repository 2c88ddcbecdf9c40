/** `callpermit permissions`: whom each sender may call, until when, and why; by the book that webhooks fill. */
import type { Command } from 'commander';
import type { Cli } from '../run/cli.ts';
import { addPermissionsCheck } from './permissions-check.ts';
import { addPermissionsExport } from './permissions-export.ts';
import { addPermissionsList } from './permissions-list.ts';
import { addPermissionsShow } from './permissions-show.ts';

const HELP = `
States of a person, with each sender:
  requested  asked, and not answered yet; until: how long they can answer
  temporary  may be called, until: the end
  permanent  may be called
  declined   said no; until: not asked again before
  revoked    took it back; without an until, nobody asks again by itself
  expired    the time is over
  none       nothing is allowed

Webhooks tell what people answer (callpermit webhook setup). Nothing tells that a time is over: \
that is looked up in the book whenever it is read.

Examples:
  callpermit permissions list --state callable
  callpermit permissions show +16505551234
  callpermit permissions export --state callable --output callable.csv
  callpermit permissions check --all-expired`;

/** Adds `permissions`. */
export function addPermissions(program: Command, cli: Cli): void {
  const permissions = program
    .command('permissions')
    .summary('who may be called, until when; who declined')
    .description('Whom each sender may call, until when, and why.')
    .addHelpText('after', HELP);
  addPermissionsList(permissions, cli);
  addPermissionsShow(permissions, cli);
  addPermissionsExport(permissions, cli);
  addPermissionsCheck(permissions, cli);
}

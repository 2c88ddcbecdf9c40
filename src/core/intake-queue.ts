/** The names that other services add jobs by. */

/** The queue; on Redis under BullMQ's own prefix, `bull`. */
export const INTAKE_QUEUE = 'callpermit-intake';

/** Each job in it: one person. */
export const INTAKE_JOB = 'call-permission-request';

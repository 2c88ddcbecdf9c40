/** Users and their sessions, kept in the ledger. */
import type { Role } from '../user.ts';

/** What is known of a user; never the password. */
export interface User {
  readonly id: string;
  /** Each has another, whatever the case. */
  readonly name: string;
  readonly role: Role;
  readonly createdAt: Date;
  readonly lastLogInAt: Date | null;
  /** `null`: they may log in. */
  readonly disabledAt: Date | null;
}

/** A session in force, without its token. */
export interface UserSession {
  readonly id: string;
  /** From where it was begun. */
  readonly address: string;
  readonly createdAt: Date;
  /** To the minute. */
  readonly lastSeenAt: Date;
  /** If it is not used before. */
  readonly endsAt: Date;
}

/** Whose a session is. */
export interface FoundSession {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** Else it was ended, is over, or its user was disabled. */
  readonly isInForce: boolean;
  /** If it is not used before. */
  readonly endsAt: Date;
}

/** Users and sessions. */
export interface UserStore {
  /** `undefined`: somebody has this name. */
  create(p: {
    readonly name: string;
    readonly role: Role;
    readonly passwordHash: string;
  }): Promise<User | undefined>;
  list(): Promise<readonly (User & { readonly sessions: number })[]>;
  /** Who has a name, and whether they have logged in from this address within some 30 days. */
  find(
    name: string,
    address: string,
  ): Promise<
    (User & { readonly passwordHash: string; readonly isKnownAddress: boolean }) | undefined
  >;
  /** What is left out stays. Who is disabled or has another password has no session any more. */
  change(
    name: string,
    p: {
      readonly role?: Role | undefined;
      readonly passwordHash?: string | undefined;
      readonly disabled?: boolean | undefined;
    },
  ): Promise<User | undefined>;
  remove(name: string): Promise<User | undefined>;
  /**
   * Begins a session; its token is given this once. `undefined`: the user is gone, was disabled, or has another password by
   * now.
   */
  begin(p: {
    readonly user: { readonly id: string; readonly passwordHash: string };
    readonly address: string;
  }): Promise<(FoundSession & { readonly token: string }) | undefined>;
  /**
   * The session of a token, looked for in the ledger each time, so that one that was ended is refused at once by every
   * process. Notes that it was used.
   * @param p.isUsed false: somebody only looks whether it is in force
   */
  use(token: string, p?: { readonly isUsed: boolean }): Promise<FoundSession | undefined>;
  /** Ends one, or all of a user; gives how many were in force or over. */
  end(p: { readonly id: string } | { readonly name: string }): Promise<number>;
  sessions(name: string): Promise<readonly UserSession[]>;
}

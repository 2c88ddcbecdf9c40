/** The wire: the only truth of who was asked, with which texts, and what was answered to it. */

/** One POST that was written. Times are virtual ms. */
export interface Post {
  readonly n: number;
  readonly at: number;
  readonly worker: string;
  readonly sender: string;
  readonly request: string;
  readonly fence: number;
  readonly to: string;
  readonly template: string;
  readonly texts: readonly string[];
  /** Meta took the message: the person sees it. */
  readonly taken: boolean;
  /** The wamid Meta gave it, where it took it. */
  readonly wamid: string | undefined;
  /** The code Meta refused it with. */
  readonly code: number | undefined;
  /** What the sender could read of it: nothing yet; its own answer whole; or a fault. */
  heard: 'nothing' | 'accepted' | 'refused' | 'fault';
  /** It read another one's refusal: nothing about that says so until its own answer comes. */
  misled: boolean;
  /** Its refusal may be another one's, as was seen after it was believed. */
  doubted: boolean;
}

/** All POSTs, in order. */
export interface Wire {
  readonly posts: readonly Post[];
  of(request: string): readonly Post[];
  write(post: Omit<Post, 'n'>): Post;
}

/** Makes an empty wire; `written` hears of each POST. */
export function createWire(written: (post: Post) => void): Wire {
  const posts: Post[] = [];
  const byRequest = new Map<string, Post[]>();
  return {
    posts,
    of: (request) => byRequest.get(request) ?? [],
    write(p) {
      const post = { ...p, n: posts.length + 1 };
      const before = byRequest.get(post.request) ?? [];
      byRequest.set(post.request, [...before, post]);
      posts.push(post);
      written(post);
      return post;
    },
  };
}

/** Whether a POST is known, to whoever sent it, to have reached nobody. */
export function isHarmless(post: Post): boolean {
  return post.heard === 'refused';
}

// What the browser keeps of a chat until its tab is closed or the chat is ended. Where it keeps nothing (storage is
// switched off), the chat lives until the page is left.

export function memoryOf(line) {
  const key = `chat:${line}`;
  return {
    read: () => attempt(() => JSON.parse(sessionStorage.getItem(key))) ?? {},
    keep: (chat) => attempt(() => sessionStorage.setItem(key, JSON.stringify(chat))),
    forget: () => attempt(() => sessionStorage.removeItem(key)),
  };
}

function attempt(step) {
  try {
    return step();
  } catch {
    return null;
  }
}

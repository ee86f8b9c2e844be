/** Personal data as those see it who may not see it: enough to recognise one's own, too little to learn another's. */

/** `jean@exemple.com` → `j••@e••.com`. What is no address is masked whole. */
export function maskEmail(text: string): string {
  const at = text.lastIndexOf('@');
  if (at < 1) return maskText(text);
  const host = text.slice(at + 1);
  const dot = host.lastIndexOf('.');
  const ending = dot > 0 && /^\.[a-z]{2,10}$/i.test(host.slice(dot)) ? host.slice(dot) : '';
  return `${first(text)}••@${first(host)}••${ending}`;
}

/** A name, a phone, an identifier: nothing of it but that it is there. */
export function maskText(text: string): string {
  return text === '' ? '' : '•••';
}

/** What a person is named by: an e-mail keeps its outline, anything else nothing. */
export function maskWho(text: string): string {
  return text.includes('@') ? maskEmail(text) : maskText(text);
}

/** The reference of an order or a cart, which is no person's; what looks like an address, a phone or a name in words is masked. */
export function maskReference(text: string): string {
  const plain = /^[\w#./:-]{1,64}$/.test(text) && !/^(\+|0)\d{8,}$/.test(text.replace(/[./-]/g, ''));
  return plain ? text : maskWho(text);
}

function first(text: string): string {
  return Array.from(text)[0] ?? '';
}

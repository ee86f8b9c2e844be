// biome-ignore-all format: one line a text, so that both languages read side by side
/** Mails, in English. */
export const mail = {
  'mail.hello': 'Hello,',
  'mail.foot': 'Sent by Spread Tracker ({{host}}). If you did not expect this message, ignore it: nothing will happen.',
  'mail.link': 'If the button does not work, copy this address into your browser:',
  'mail.invitation.subject': '{{inviter}} invites you to {{shop}}',
  'mail.invitation.body':
    '{{inviter}} invites you to work on the shop “{{shop}}” in Spread Tracker, with the role “{{role}}”.',
  'mail.invitation.until': 'This invitation holds until {{until}}. The link is personal: do not pass it on.',
  'mail.invitation.action': 'Accept the invitation',
  'mail.password_reset.subject': 'Choose a new password',
  'mail.password_reset.body': 'You asked to choose a new password for your Spread Tracker account.',
  'mail.password_reset.until':
    'This link works once, for {{minutes}} minutes. If you asked for nothing, your password stays as it is.',
  'mail.password_reset.action': 'Choose a password',
  'mail.account_changed.subject': 'Your account was changed',
  'mail.account_changed.password': 'The password of your Spread Tracker account was changed on {{at}}.',
  'mail.account_changed.second_factor_on':
    'Two-step verification was switched on for your Spread Tracker account on {{at}}.',
  'mail.account_changed.second_factor_off':
    'Two-step verification was switched off for your Spread Tracker account on {{at}}.',
  'mail.account_changed.advice':
    'If this was not you, choose a new password at once and tell whoever administers your shop.',
  'mail.developer.subject': 'Installing the tracker on {{shop}}',
  'mail.developer.body':
    '{{inviter}} asks you to install the tracker on the shop “{{shop}}”. Your personal page has the documentation, the keys and the live verification; no account is needed.',
  'mail.developer.note': 'Their message: “{{note}}”',
  'mail.developer.write': 'Your keys send data; they cannot read that of customers.',
  'mail.developer.read': 'Your keys send data and can read that of customers.',
  'mail.developer.guide': 'The installation guide: {{url}}',
  'mail.developer.key': 'The public key of the shop, for its pages: {{key}}',
  'mail.developer.private': 'Private keys do not travel by e-mail: your page shows them after a code sent to this address.',
  'mail.developer.until': 'This link is a secret and holds until {{until}}: do not pass it on.',
  'mail.developer.action': 'Open my page',
  'mail.developer_code.subject': 'Your code: {{code}}',
  'mail.developer_code.body':
    'This is the code that shows the private key of “{{shop}}”. It holds for {{minutes}} minutes, in the browser in which you asked for it.',
  'mail.stop': 'Receive no more marketing from {{shop}}',
  'mail.confirmation.subject': '{{shop}}: confirm your subscription',
  'mail.confirmation.body': 'You were signed up for “{{basis}}” of {{shop}}. So that it is truly your choice, confirm it: open the page and press the button.',
  'mail.confirmation.text': 'What you accept: “{{text}}”',
  'mail.confirmation.action': 'See and confirm',
  'mail.confirmation.until': 'The link holds until {{until}}. If this was not you, do nothing: without a confirmation, you will receive nothing. The same page also lets you say no.',
  'mail.person_code.subject': '{{shop}}: your code',
  'mail.person_code.body': 'This code opens the page of your data at {{shop}}. It holds for {{minutes}} minutes, once.',
  'mail.person_code.after': 'Give it to nobody. If you asked for nothing, ignore this message: without the code, the page stays closed.',
  'mail.import_failed.subject': '{{shop}}: the import “{{source}}” failed',
  'mail.import_failed.body': 'The recurring import “{{source}}” of the shop “{{shop}}” could not be done:',
  'mail.import_failed.action': 'See the imports',
  'mail.import_failed.once': 'It will be tried again when it is next due. As long as the cause stays the same, you will get no other message.',
  'mail.push_failed.subject': '{{shop}}: the file “{{file}}” could not be imported',
  'mail.push_failed.body': 'A program of the shop “{{shop}}” sent the file “{{file}}”, which could not be imported:',
  'mail.push_failed.action': 'See this import',
  'mail.push_failed.once': 'Mend the cause, then send the file again. Further failures within twenty-four hours give no other message.',
  'mail.alarm.silent.subject': '{{shop}}: the tracker receives nothing any more',
  'mail.alarm.silent.body':
    'Nothing has come from “{{shop}}” for {{figure}} h, while this shop usually sends data at these hours. Check that the script is still on the pages and that the shop’s server answers.',
  'mail.alarm.errors.subject': '{{shop}}: much of what is sent is refused',
  'mail.alarm.errors.body':
    '{{figure}} % of what “{{shop}}” sent since the beginning of the previous hour could not be used. The verification page says why.',
  'mail.alarm.old_key.subject': '{{shop}}: an old key is still used',
  'mail.alarm.old_key.body':
    'A replaced pair of keys of “{{shop}}” was still used for {{figure}} calls. Replace it everywhere before its end, or these calls will be refused.',
  'mail.alarm.store.subject': '{{shop}}: a connected store needs you',
  'mail.alarm.store.body':
    '{{figure}} connected store(s) of “{{shop}}” had ended or lost the subscriptions they deliver by, or do not let us read them any more. What could be made again was made again, and what was missed is read from the store within the hour; the page of connected stores says what is left to do.',
  'mail.alarm.action': 'See the shop',
  'mail.rights_identity.subject': '{{shop}}: confirm your request',
  'mail.rights_identity.body': 'A request about your personal data ({{right}}) was made to “{{shop}}” with this address. So that it is dealt with, confirm that it comes from you, or give this code to the person who asks you for it.',
  'mail.rights_identity.action': 'Confirm my request',
  'mail.rights_identity.after': 'The link and the code work for 7 days. If this request is not yours, do nothing: it will not be followed.',
  'mail.rights_closed.subject': '{{shop}}: your request',
  'mail.rights_closed.done': 'Your request of {{date}} to “{{shop}}” ({{right}}) has been dealt with.',
  'mail.rights_closed.refused': '“{{shop}}” did not follow your request of {{date}} ({{right}}). Reason: {{reason}}',
  'mail.rights_closed.after': 'If this answer does not satisfy you, you can write to the shop or complain to the data protection authority of your country.',
} as const;

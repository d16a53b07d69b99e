import { describe, expect, it } from 'vitest'
import { mailToText, maximumBodyLength } from '../../resources/mail-to-text.ts'

const mail = (...lines: string[]) => mailToText(Buffer.from(lines.join('\n'), 'latin1'))

describe('mailToText', () => {
  it('takes the plain part of a multipart/alternative inside a multipart/mixed', async () => {
    const found = await mail(
      'From someone@example.com  Thu Aug 22 12:46:39 2002',
      'Subject: Subject: Lunch',
      'Content-Type: multipart/mixed; boundary="outer"',
      '',
      '--outer',
      'Content-Type: multipart/alternative; boundary="inner"',
      '',
      '--inner',
      'Content-Type: text/plain; charset=us-ascii',
      '',
      '> Shall we   eat?',
      'Yes, at noon.',
      '--inner',
      'Content-Type: text/html',
      '',
      '<p>Not this one</p>',
      '--inner--',
      '--outer--'
    )
    expect(found).toEqual({ subject: 'Lunch', body: 'Shall we eat? Yes, at noon.' })
  })

  it('decodes base64 with UTF-8', async () => {
    const { body } = await mail(
      'Subject: x',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: base64',
      '',
      Buffer.from('Grüße aus 北京 \u0000\u0007!', 'utf8').toString('base64')
    )
    expect(body).toBe('Grüße aus 北京 !')
  })

  it('decodes quoted-printable with Latin-1', async () => {
    const { body } = await mail(
      'Subject: x',
      'Content-Type: text/plain; charset=iso-8859-1',
      'Content-Transfer-Encoding: quoted-printable',
      '',
      'Un caf=E9 =',
      'cr=E8me'
    )
    expect(body).toBe('Un café crème')
  })

  it('reads HTML without the comments that split words, targets, images and styles', async () => {
    const { body } = await mail(
      'Subject: x',
      'Content-Type: text/html',
      '',
      '<html><head><style>p { color: red }</style></head><body>',
      '<p>Buy vi<!-- x -->ag<b></b>ra&nbsp;<a href="http://example.com">here</a><img src="a.gif" alt="no"></p>',
      '<h1>Now</h1><table><tr><td>one</td><td>two</td></tr></table></body></html>'
    )
    expect(body).toBe('Buy viagra here Now one two')
  })

  it('reads HTML that is labelled plain, and HTML behind a stub of plain text', async () => {
    const labelledPlain = await mail(
      'Subject: x',
      '',
      '<html><body>Free <i>money</i></body></html>'
    )
    expect(labelledPlain.body).toBe('Free money')
    const stub = await mail(
      'Content-Type: multipart/alternative; boundary="b"',
      '',
      '--b',
      '',
      'HTML only!',
      '--b',
      'Content-Type: text/html',
      '',
      '<p>All that the sender wanted to say</p>',
      '--b--'
    )
    expect(stub.body).toBe('All that the sender wanted to say')
  })

  it('decodes encoded words and masks addresses', async () => {
    const found = await mail(
      'Subject: =?iso-8859-1?Q?Caf=E9_for?= jane.doe@example.com',
      '',
      'Write to <mailto:j-d+x@mail.example.co.uk>.'
    )
    expect(found).toEqual({
      subject: 'Café for user@example',
      body: 'Write to <mailto:user@example>.'
    })
  })

  it('guesses the character set that a part does not name', async () => {
    const chinese = '大家好，欢迎访问我们的网站，谢谢您的支持和关注'
    const gbk = Buffer.from(
      'b4f3bcd2bac3a3acbbb6d3adb7c3cecaced2c3c7b5c4cdf8d5bea3acd0bbd0bbc4fab5c4d6a7b3d6bacdb9d8d7a2',
      'hex'
    ).toString('latin1')
    const unnamed = await mail(`Subject: ${gbk}`, 'Content-Type: text/plain', '', gbk)
    expect(unnamed).toEqual({ subject: chinese, body: chinese })
    const misnamed = await mail('Content-Type: text/plain; charset=us-ascii', '', gbk)
    expect(misnamed.body).toBe(chinese)
    const western = await mail('Subject: Caf\xe9', '', 'D\xe9j\xe0 vu')
    expect(western).toEqual({ subject: 'Café', body: 'Déjà vu' })
  })

  it('finds a multipart that the headers do not declare', async () => {
    const { body } = await mail(
      'Subject: x',
      '',
      '--cut',
      'Content-Type: text/html',
      '',
      '<p>Hi</p>',
      '--cut--'
    )
    expect(body).toBe('Hi')
  })

  it('drops what a list for reporting spam added, as it gives the label away', async () => {
    const found = await mail(
      'Subject: [SA] Cheap!',
      '',
      'Buy now',
      '-------------------------------------------------------',
      'This sf.net email is sponsored by: OSDN',
      '_______________________________________________',
      'Spamassassin-Sightings mailing list',
      'https://lists.sourceforge.net/lists/listinfo/spamassassin-sightings'
    )
    expect(found).toEqual({ subject: 'Cheap!', body: 'Buy now' })
  })

  it('joins headers that a blank line split', async () => {
    const found = await mail(
      'To: x',
      '',
      'Subject: Late',
      'Content-Type: text/html',
      '',
      '<p>Page</p>'
    )
    expect(found).toEqual({ subject: 'Late', body: 'Page' })
  })

  it('cuts long bodies between words, and accepts empty ones', async () => {
    const long = await mail('Subject: x', '', 'word '.repeat(2000))
    expect(long.body.length).toBeLessThanOrEqual(maximumBodyLength)
    expect(long.body).toMatch(/word$/)
    expect(await mail('Subject: x', '', '')).toEqual({ subject: 'x', body: '' })
  })
})

import type { WebSocketRoute } from '@playwright/test'
import { expect, test } from '../erratum.ts'
import { importFilms, trainFilms } from '../films.ts'

test('a line that breaks is told of, and taken up again where the job is by then', async ({
  erratum,
  context
}) => {
  let isBroken = false
  let line: WebSocketRoute | undefined
  await context.routeWebSocket('**/calls', (socket) => {
    if (isBroken) return void socket.close()
    line = socket
    socket.connectToServer()
  })
  const page = await erratum.open()
  await importFilms(page)
  await trainFilms(page, 100)
  await expect(page.getByText(/epoch \d+ of 100, loss/).first()).toBeVisible()

  isBroken = true
  await line!.close()
  const alert = page.getByRole('alert')
  await expect(alert).toContainText('The line to Erratum is lost. It is tried again')
  isBroken = false
  await expect(alert).toBeHidden()
  await expect(page.getByRole('heading', { name: 'What it takes for what' })).toBeVisible({
    timeout: 60_000
  })
})

test('when Erratum has ended, its page says what to do', async ({ erratum }) => {
  const page = await erratum.open()
  await importFilms(page)
  await erratum.restart()
  const alert = page.getByRole('alert').filter({ hasText: 'The line to Erratum is lost' })
  await expect(alert).toContainText('start it again and open the address that it prints')
  const again = await erratum.open()
  await expect(again.getByRole('link', { name: 'films' })).toBeVisible()
})

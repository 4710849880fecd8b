// Tells the application that frames this page whether the session it knows still stands (OpenID Connect Session Management 1.0, 3.2).
addEventListener('message', async ({ data, source, origin }) => {
  const [clientId, known] = typeof data === 'string' ? data.split(' ') : []
  const say = (word) => source.postMessage(word, origin)
  if (!clientId || !known) return say('error')
  try {
    const answer = await fetch(`${location.pathname}?${new URLSearchParams({ session_state: known })}`)
    say((await answer.json()).state)
  } catch {
    say('error')
  }
})

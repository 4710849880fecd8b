import { broadcastResponseToMainFrame } from '@azure/msal-browser/redirect-bridge'

/** The page that every answer comes to, as msal-browser 5 wants one: it tells the application and is gone. */
void broadcastResponseToMainFrame()

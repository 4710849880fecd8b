import { toDataURL } from 'qrcode'

/** A real QR code, so that the page that shows one is seen as users see it. */
export const qrCode = await toDataURL('otpauth://totp/Contoso:alice%40contoso.example?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Contoso', { margin: 2, scale: 4 })

/** A stub of what the shell uses of androidx.activity, to check its types by: not the library, and no part of the app. */
package androidx.activity

import android.app.Activity

open class ComponentActivity : Activity()

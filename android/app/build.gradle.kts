// The shell around `bridge`, `ui` and `platform`, whose sources it takes as they are. Written by hand and never run here: see README.
plugins {
    id("com.android.application") version "8.13.0"
    kotlin("android") version "2.4.20"
    kotlin("plugin.compose") version "2.4.20"
}

android {
    namespace = "ithaca.app"
    compileSdk = 35

    defaultConfig {
        applicationId = "org.ithaca.app"
        minSdk = 30 // DeviceLock asks the system's own prompt for a PIN.
        targetSdk = 35
        versionCode = 1
        versionName = "0.1.0"
        ndk { abiFilters += listOf("arm64-v8a", "armeabi-v7a", "x86_64") }
    }
    buildTypes {
        release {
            isMinifyEnabled = true
            proguardFiles(getDefaultProguardFile("proguard-android-optimize.txt"), "proguard-rules.pro")
        }
    }
    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }
    sourceSets["main"].apply {
        kotlin.srcDirs("src/main/kotlin", "../bridge/src/main/kotlin", "../bridge/target/generated-sources/uniffi", "../ui/src/main/kotlin", "../platform/src/main/kotlin")
        // cargo ndk leaves the library there: cargo ndk -t arm64-v8a -t armeabi-v7a -t x86_64 -o android/app/src/main/jniLibs build -p ithaca-ffi --profile mobile
        jniLibs.srcDirs("src/main/jniLibs")
    }
    // The one catalogue of words, under the name that Words reads it by.
    sourceSets["main"].resources.srcDir(layout.buildDirectory.dir("words"))
}

val words by tasks.registering(Copy::class) {
    from("../../ffi/words")
    into(layout.buildDirectory.dir("words/ithaca/words"))
}
tasks.named("preBuild") { dependsOn(words) }

dependencies {
    implementation(platform("androidx.compose:compose-bom:2025.06.00"))
    implementation("androidx.compose.material3:material3")
    implementation("androidx.compose.material:material-icons-core")
    implementation("androidx.activity:activity-compose:1.10.1")
    implementation("org.jetbrains.kotlinx:kotlinx-coroutines-android:1.11.0")
    implementation("org.jetbrains.kotlinx:kotlinx-serialization-json:1.9.0")
    implementation("net.java.dev.jna:jna:5.19.1@aar")
    implementation("com.google.zxing:core:3.5.3")
}

// A link as a picture to scan.
import CoreImage
import SwiftUI
import UIKit

struct QrImage: View {
    let text: String
    let label: String

    var body: some View {
        if let image { Image(uiImage: image).interpolation(.none).resizable().frame(width: 240, height: 240).accessibilityLabel(label) }
    }

    private var image: UIImage? {
        let filter = CIFilter(name: "CIQRCodeGenerator")
        filter?.setValue(Data(text.utf8), forKey: "inputMessage")
        guard let made = filter?.outputImage, let picture = CIContext().createCGImage(made, from: made.extent) else { return nil }
        return UIImage(cgImage: picture)
    }
}
